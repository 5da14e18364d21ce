"""What a centre keeps beside its requests: kept texts of the network, and in the practice centre an assignee, notes, scores."""

from accounts.actions.searches import save_search
from accounts.models import User
from requests_offers.actions.assessing import Given, assess
from requests_offers.actions.assigning import assign
from requests_offers.actions.noting import note
from requests_offers.actions.reply_templates import save_template
from requests_offers.criteria import FIRST
from requests_offers.models import CooperationRequest, ReplyTemplate

TEXTS = [  # step, language, title, text
    (
        "ask_clarification",
        "en",
        "Where, since when, with whom",
        "Dear colleagues of {party},\n\nthank you for {reference}, “{title}”. So that we find the right partner: where "
        "exactly is help needed, since when, and who works on it already? If you answer by {until}, we go on at once.",
    ),
    (
        "ask_clarification",
        "fr",
        "Où, depuis quand, avec qui",
        "Chers collègues ({party}),\n\nmerci pour la demande {reference}, « {title} ». Pour trouver le bon partenaire : où "
        "exactement faut-il une aide, depuis quand, et qui y travaille déjà ? Si vous répondez d’ici le {until}, nous "
        "continuons aussitôt.",
    ),
    (
        "ask_clarification",
        "es",
        "Dónde, desde cuándo, con quién",
        "Estimados colegas ({party}):\n\nGracias por la solicitud {reference}, «{title}». Para encontrar al socio adecuado: "
        "¿dónde se necesita ayuda exactamente, desde cuándo y quién trabaja ya en ello? Si responden antes del {until}, "
        "seguimos de inmediato.",
    ),
    (
        "ask_clarification",
        "ar",
        "أين ومنذ متى ومع من",
        "الزملاء الأعزاء ({party})،\n\nنشكركم على الطلب {reference}: «{title}». لكي نجد الشريك المناسب: أين تلزم المساعدة "
        "بالضبط، ومنذ متى، ومن يعمل على الموضوع؟ إذا أجبتم قبل {until} تابعنا العمل فورا.",
    ),
    (
        "answer_directly",
        "en",
        "There is a guideline for this",
        "Dear colleagues of {party},\n\nmany countries had the same question. The sources below answer it; the first one is "
        "the shortest. If they do not help, reopen the request and tell us what is missing: we then look for a partner.",
    ),
    (
        "redirect",
        "en",
        "Another centre knows this better",
        "{centre} has no expertise in this field. The other centre has worked on it with neighbours of {party}.",
    ),
    (
        "refuse",
        "en",
        "General funding",
        "What {reference} asks for is general funding; centres bring partners together for technical and scientific "
        "cooperation. A request for the knowledge or training that the work needs is welcome at any time.",
    ),
]
THOUGHTS = {"urgency": (3, 1), "reach": (2, 2), "readiness": (1, 3)}  # criterion: value of the officer and of the head
WHY = {"urgency": ("Floating weeds double in two weeks.", "The dry season gives us until April.")}


def furnish(accounts: dict[str, User]) -> None:
    """Put all of it in its place; the practice people do it themselves, through the actions."""
    for step, language, title, text in TEXTS:
        data = {"centre": None, "step": step, "language": language, "title": title, "text": text}
        save_template(ReplyTemplate(), by=accounts["coordinator"], data=data)
    save_search("requests", "", name="New requests", frequency="weekly", by=accounts["donor"])
    held = CooperationRequest.objects.filter(status="submitted", centre__slug="practice").order_by("pk").first()
    if held:
        _work_on(held, accounts["officer"], accounts["head"])


def _work_on(request: CooperationRequest, officer: User, head: User) -> None:
    assign(request, officer=officer, by=head)
    note(request, text="Ask the lagoon institute first: they did the same two years ago.", by=officer)
    for place, person in enumerate((officer, head)):
        scores = {
            one.code: Given(THOUGHTS[one.code][place], WHY.get(one.code, ("", ""))[place])
            if one.code in THOUGHTS
            else Given(min(2, one.best))
            for one in FIRST
        }
        assess(request, scores=scores, by=person)
