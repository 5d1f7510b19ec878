"""A ranker: what will this user choose next, and which items of a given list fit this user?

These are two questions. A user's next choice is mostly one of the items chosen before, or a popular one. But who gives
a list, the results of a search, has said what they want; what is left to say is which of it is to their taste. Five
signals answer the first question, a conditional logit model weighs them; the second is left to taste, and to popularity
for as long as nothing is known of the user.

    taste       log of how much likelier people choose the item who chose what this user chose, with everything that
                chance could explain taken away (`affinity.py`)
    company     the same by cosine similarity, exact and noisy: it also knows single items that go together
    habit       log(1 + how often this user chose the very item)
    return      1 for an item chosen before, else 0
    popularity  log of the item's share of all choices

Choices count by kind (a download says more than a view) and, for taste and company, by age: an event loses half its
weight with every 12 newer events of the same user (30 for the next choice of all), and a past that the newest five
events contradict counts less at once: a change of taste is followed within one visit. Habit forgets nothing. No clock is
involved: age is counted in events.

    histories.py  who chose what, in order        affinity.py  what goes with what
    choice.py     how much each signal counts     drift.py     has the taste changed?
    ranker.py     all together
"""

from .histories import EVENT_WEIGHTS, Histories, group_by_user
from .ranker import Ranker, train

__all__ = ["EVENT_WEIGHTS", "Histories", "Ranker", "group_by_user", "train"]
