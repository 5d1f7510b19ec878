"""A call that AWS is to make once, later."""

import json

TARGET = "arn:aws:scheduler:::aws-sdk:personalize:deleteCampaign"


def a_schedule_lives(account):
    scheduler, role = account.client("scheduler"), account.cloud.role_arn("workshop-scheduler")
    arguments = json.dumps({"CampaignArn": "arn:aws:personalize:us-east-1:000000000000:campaign/c"})
    schedule = {
        "Name": "later", "ScheduleExpression": "at(2030-01-01T12:00:00)", "FlexibleTimeWindow": {"Mode": "OFF"},
        "Target": {"Arn": TARGET, "RoleArn": role, "Input": arguments}, "ActionAfterCompletion": "DELETE",
    }  # fmt: skip
    account.refuses("ResourceNotFoundException", scheduler.update_schedule, **schedule)
    place = scheduler.create_schedule(**schedule, ClientToken="once")["ScheduleArn"]
    assert scheduler.create_schedule(**schedule, ClientToken="once")["ScheduleArn"] == place  # a retry
    account.refuses("ConflictException", scheduler.create_schedule, **schedule)
    told = scheduler.get_schedule(Name="later")
    assert (told["Arn"], told["State"], told["Target"]["Input"]) == (place, "ENABLED", arguments)
    moved = {**schedule, "ScheduleExpression": "at(2030-01-02T12:00:00)", "Description": "moved"}
    assert scheduler.update_schedule(**moved)["ScheduleArn"] == place
    again = scheduler.get_schedule(Name="later")
    assert (again["ScheduleExpression"], again["Description"]) == ("at(2030-01-02T12:00:00)", "moved")
    assert again["CreationDate"] == told["CreationDate"]
    scheduler.delete_schedule(Name="later")
    for gone in (scheduler.get_schedule, scheduler.delete_schedule):
        account.refuses("ResourceNotFoundException", gone, Name="later")
    account.refuses("ValidationException", scheduler.create_schedule, **{**schedule, "ScheduleExpression": "at(tomorrow)"})
    nobody = {**schedule, "Target": {**schedule["Target"], "RoleArn": f"{role}s"}}
    account.refuses("ValidationException", scheduler.create_schedule, **nobody)
    account.refuses("ValidationException", scheduler.get_schedule, Name="with space")
