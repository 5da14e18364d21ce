"""The sentences around a step: what its page asks, who will read it, and what happens next."""

from django.utils.translation import gettext_lazy as _

# What happens next, said after a step was taken.
DONE = {
    ("request", "submit"): _("Submitted. The page says until when the centre decides; you get a notice."),
    ("request", "ask_clarification"): _(
        "Your question is on its way to the office. It has been told until when to answer."
    ),
    ("request", "answer"): _("Your answer is with the centre. The page says until when it decides."),
    ("request", "redirect"): _("Handed on. The other centre and the office have been told."),
    ("request", "refuse"): _("Refused. The office has been told why, and whether it may appeal."),
    ("request", "appeal"): _("Your appeal is on its way: somebody else looks at the request now."),
    ("request", "answer_directly"): _("Your answer is with the office, which says whether it helps."),
    ("request", "confirm_answer"): _("Thank you. The request is completed."),
    ("request", "reopen"): _("The request is open again. The centre has been told what is missing."),
    ("request", "accept"): _("Accepted. Its needs are being compared with all published offers now."),
    ("request", "declare_unmet"): _("Declared unmet. It stays in the search and on the needs board."),
    ("request", "complete"): _("Noted. The request is completed when both the office and the centre have said so."),
    ("request", "pause"): _("Paused. Places that were reserved are free again; resume it at any time."),
    ("request", "resume"): _("The request goes on from where it was paused."),
    ("request", "withdraw"): _("Withdrawn. Everybody concerned has been told."),
    ("offer", "submit"): _("Submitted. The page says until when the offer is verified; you get a notice."),
    ("offer", "publish"): _("Published. The offer is compared with every open need from now on."),
    ("offer", "return_for_changes"): _("Returned. The provider has been told what to change."),
    ("offer", "refuse"): _("Refused. The provider has been told why."),
    ("offer", "pause"): _("Paused. The offer is no longer compared with requests; resume it at any time."),
    ("offer", "resume"): _("The offer is compared with every open need again."),
    ("offer", "renew"): _("Renewed. The offer is published again."),
    ("offer", "withdraw"): _("Withdrawn. Matches that waited for answers are released, and both sides have been told."),
    ("match", "shortlist"): _("On the short list. Only your centre sees it until you offer it to both sides."),
    ("match", "drop"): _("Dropped. It is not suggested again for this need."),
    ("match", "offer_to_both"): _("Offered to both sides. A place is reserved until both have answered."),
    ("match", "accept"): _("You have said yes. The match is agreed when the other side has, too."),
    ("match", "agreed"): _("Both sides have said yes: the match is agreed and the work can start."),
    ("match", "decline"): _("Declined. The centre looks for another offer; your reason makes its suggestions better."),
    ("match", "retract"): _("Retracted. Both sides have been told, and the place is free again."),
    ("approach", "answer"): _("Answered. The centre looks at your offer once it is published; you get a notice."),
    ("approach", "decline"): _("Declined. The centre has been told; your reason is counted."),
    ("approach", "take_back"): _("Taken back. The offer itself stays as it is."),
    ("approach", "call_off"): _("Taken back. The organization has been told."),
    ("call", "withdraw"): _("Withdrawn. The office and those who had answered have been told."),
    ("engagement", "conclude"): _("Concluded. Both sides are asked what came of it, now and after 6 and 12 months."),
    ("engagement", "appraise"): _("Thank you: this is kept beside what the other side says."),
    ("engagement", "end_early"): _("Ended early. The other side has been told, and the need is open again."),
    ("proposal", "propose"): _("Both sides have been told. The version is approved when both have said so."),
    ("proposal", "approve"): _("Noted. The version is approved when both sides have said so."),
    ("proposal", "revise"): _("A new version is yours to write. Both sides approve it again."),
}

# Who reads what is written on the page of a step.
READERS = {
    ("request", "ask_clarification"): _(
        "The office of the Party and the coordinator read the question. It is never public."
    ),
    ("request", "answer"): _("Your centre and the coordinator read the answer. It is never public."),
    ("request", "redirect"): _("The office, the other centre and the coordinator read the reason."),
    ("request", "refuse"): _(
        "The office and the coordinator read the reason. It is never public; reasons are counted."
    ),
    ("request", "appeal"): _("The centre that looks at it next and the coordinator read this. It is never public."),
    ("request", "answer_directly"): _("The office and the coordinator read the answer. It is never public."),
    ("request", "reopen"): _("The centre and the coordinator read this. It is never public."),
    ("request", "withdraw"): _("The centre, the coordinator and the other side of open matches read the reason."),
    ("offer", "return_for_changes"): _("The provider and the coordinator read the reason."),
    ("offer", "refuse"): _(
        "The provider and the coordinator read the reason. It is never public; reasons are counted."
    ),
    ("match", "decline"): _(
        "The other side and the centre read the reason; your sentence is read by the centre only. Reasons are counted."
    ),
    ("match", "retract"): _("Both sides read the reason."),
    ("approach", "decline"): _("The centre reads the reason and your sentence. Reasons are counted."),
    ("call", "withdraw"): _(
        "The office and those who answered read the reason; everybody sees that the call was withdrawn."
    ),
    ("engagement", "appraise"): _(
        "Both sides, the centre and the coordinator read this when both sides have answered, or after the last day."
    ),
    ("engagement", "end_early"): _("The other side, the centre and the coordinator read the reason."),
}

# What a step does, for the page that asks to confirm it.
MEANING = {
    ("request", "submit"): _("The request goes to the centre that serves the Party, else to the helpdesk."),
    ("request", "accept"): _("The centre takes the request on, and its needs are compared with all published offers."),
    ("request", "ask_clarification"): _(
        "The office answers until the day you choose. The centre’s clock stands still."
    ),
    ("request", "redirect"): _("Another centre takes over, with a new clock. You keep what you wrote."),
    ("request", "refuse"): _("The request is closed. The office may appeal once; somebody else then looks at it."),
    ("request", "appeal"): _(
        "Another centre of the Party looks at the request, else the coordinator. There is one appeal."
    ),
    ("request", "answer_directly"): _("Instead of looking for partners you answer with a text and sources."),
    ("request", "reopen"): _("The request goes back to the centre."),
    ("request", "pause"): _("Offered matches are taken back. Agreed work goes on."),
    ("request", "withdraw"): _("The request ends here. Agreed work goes on and ends by its own step."),
    ("request", "declare_unmet"): _("The request stays in the search and on the needs board, where donors find it."),
    ("request", "complete"): _("The request ends when both the office and the centre have said that it is done."),
    ("offer", "refuse"): _("The offer is closed. The provider can write a new one."),
    ("offer", "return_for_changes"): _("The offer becomes a draft again, and the provider can change it."),
    ("offer", "renew"): _("The offer is published again until the day you choose."),
    ("offer", "withdraw"): _("The offer leaves the search for good. Agreed work goes on and ends by its own step."),
    ("match", "offer_to_both"): _("The office and the provider are asked, and a place of the offer is reserved."),
    ("match", "accept"): _("When both sides have said yes, the match is agreed. Until then you can still decline."),
    ("match", "decline"): _("The match ends here, and the place is free for others."),
    ("match", "retract"): _("The match ends here, and the place is free for others."),
    ("approach", "decline"): _("You do not offer for this need. You are not asked again in the same way."),
    ("approach", "take_back"): _("The centre does not see your answer. You can offer again at any time."),
    ("approach", "call_off"): _("The organization is no longer asked."),
    ("call", "withdraw"): _("The call ends before its day, and the answers to it end with it."),
    ("engagement", "conclude"): _("The work is done, and the need is closed."),
    ("engagement", "appraise"): _("Say what came of it: what changed, with what evidence, and what you learned."),
    ("engagement", "end_early"): _("The work ends before it is done. The need is open again."),
}


def done(noun: str, name: str) -> str:
    """What happens next, after this step."""
    return str(DONE.get((noun, name), _("Done.")))


def readers(noun: str, name: str) -> str:
    """Who will read what is written here; empty where nothing is written."""
    return str(READERS.get((noun, name), ""))


def meaning(noun: str, name: str) -> str:
    """What the step does."""
    return str(MEANING.get((noun, name), ""))
