"""What an account may have at most, as Service Quotas tells."""


def quotas_are_looked_up(account):
    quotas = account.client("service-quotas")
    training = {"ServiceCode": "sagemaker", "QuotaCode": "L-611FA074"}
    told = quotas.get_service_quota(**training)["Quota"]
    assert (told["QuotaName"], told["Value"]) == ("ml.m5.large for training job usage", 15)
    pages = quotas.get_paginator("list_service_quotas").paginate(ServiceCode="personalize")
    values = {quota["QuotaName"]: quota["Value"] for page in pages for quota in page["Quotas"]}
    assert values["Total number of active dataset groups"] == 5
    account.refuses("NoSuchResourceException", quotas.get_service_quota, ServiceCode="bedrock", QuotaCode="L-DF0E34D4")
    account.refuses("NoSuchResourceException", quotas.list_service_quotas, ServiceCode="s3")
    account.refuses("IllegalArgumentException", quotas.get_service_quota, ServiceCode="!", QuotaCode="L-DF0E34D4")
