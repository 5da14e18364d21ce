"""The help pages: one guide for each task, in the order of its steps, with the page where it begins."""

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from accounts.permissions import Role

Words = Promise | str
_OFFICE = (Role.DRAFTER, Role.FOCAL_POINT, Role.DEPUTY)
_CENTRE = (Role.OFFICER, Role.HEAD)


@dataclass(frozen=True)
class Guide:
    """How one task is done."""

    slug: str
    title: Words
    audience: Words
    steps: tuple[Words, ...]
    begins: str  # name of the route where the task begins
    begin: Words
    roles: tuple[Role, ...] = ()  # for whom it is among the first things to do


GUIDES = (
    Guide(
        "account",
        _("Get an account and an office"),
        _("For everybody who wants to act for an office, a centre or an organization."),
        (
            _("Sign up with your address and confirm it by the link in the mail."),
            _("Say for which office or organization you act. You can add a letter that shows it."),
            _("The coordinator, a head of centre or the office itself decides. You get a mail when it is decided."),
            _("From then on, the page “What waits for you” lists what your office has to do, and until when."),
            _("Your rights belong to the office. They end on the day on which your mandate ends."),
        ),
        "claim_new",
        _("Say which office or organization you act for"),
    ),
    Guide(
        "request",
        _("File a request"),
        _("For the focal-point office of a Party and those who draft for it."),
        (
            _(
                "Start a request. One group of questions stands on each page; you can stop at any moment, and "
                "the draft waits."
            ),
            _("Write what is needed in your own language, one need for each thing that somebody could help with."),
            _(
                "Name targets, subjects and forms of cooperation where you know them. The portal can suggest "
                "some from your text."
            ),
            _("Check the last page. It names what is still missing."),
            _(
                "The focal point or a deputy submits. The centre then has ten working days for a first "
                "answer, and you see who has the request and until when."
            ),
            _(
                "On a bad line, download the form as a Word or Excel file, fill it in without a connection, "
                "and send it back."
            ),
        ),
        "request_new",
        _("Start a request"),
        _OFFICE,
    ),
    Guide(
        "answers",
        _("Answer the centre, say yes or no to a match"),
        _("For offices of Parties and for providers."),
        (
            _("Open “What waits for you”. Each line says what is asked and until when."),
            _(
                "A question of the centre is answered on the page of the request, or by the link in the mail, "
                "without signing in."
            ),
            _("A match shows why it was proposed: what both texts say, targets, region, dates. The score is advice."),
            _("Say yes, or no with a reason. Each side answers by itself, in any order."),
            _("When both have said yes, the match is agreed, and an engagement begins with its own plan and results."),
        ),
        "my",
        _("What waits for you"),
        (Role.FOCAL_POINT, Role.DEPUTY, Role.PROVIDER),
    ),
    Guide(
        "offer",
        _("Publish an offer"),
        _("For organizations and experts who can share knowledge, data, expertise or technology."),
        (
            _("Write once what you can share, for whom, in which languages, and how many places there are."),
            _(
                "Send it to be verified. A centre looks at the organization and the offer, and publishes it "
                "or says what to change."
            ),
            _(
                "You are asked only about needs that fit. An offered match holds one of your places until it "
                "is decided."
            ),
            _("Pause the offer when you have no time, and renew it with one click when it ends."),
        ),
        "offer_new",
        _("Write an offer"),
        (Role.PROVIDER,),
    ),
    Guide(
        "triage",
        _("Take care of a request"),
        _("For officers and heads of Support Centres."),
        (
            _("The queue lists the requests of your centre by the day on which they are due."),
            _("Take one, or give it to a colleague. Notes and scores by criterion stay inside the centre."),
            _(
                "Accept it, ask a question, answer it directly with sources, or hand it to a centre that fits "
                "better. Only the head refuses, with a reason that the country reads."
            ),
            _(
                "Once it is accepted, the matches are there within seconds. Put the good ones on the short "
                "list, compare them side by side, and offer them to both sides with a date."
            ),
            _(
                "Where nothing fits, invite an organization, open a call, or declare the need unmet so that "
                "donors find it."
            ),
        ),
        "request_queue",
        _("The queue of the centre"),
        _CENTRE,
    ),
    Guide(
        "workplan",
        _("Make a workplan with the countries"),
        _("For officers and heads of Support Centres."),
        (
            _(
                "Begin a plan for a period, or copy the one of the last period. A request or a joint proposal "
                "can become an activity."
            ),
            _(
                "Write activities, results and budget lines. Several people can work at once; nobody "
                "overwrites the text of another."
            ),
            _("The list of gaps says what is missing before countries are asked."),
            _(
                "The head opens the consultation. The version is frozen, and the offices of the Parties "
                "concerned are invited, each shown its part first."
            ),
            _(
                "Every comment gets an answer and a disposition. Only then can the head finalize the plan and "
                "make it public."
            ),
            _("A later change is an amendment. The finalized version stays public until the next one replaces it."),
        ),
        "workplan_list",
        _("All workplans"),
        _CENTRE,
    ),
    Guide(
        "consultation",
        _("Comment on a workplan"),
        _("For focal points and their deputies."),
        (
            _(
                "You get an invitation with the day on which the consultation ends. The page shows first what "
                "concerns your country."
            ),
            _("Comment on the whole plan, an activity or a single field, and say whether you support or object."),
            _("Add a national priority that the plan should serve."),
            _("Your words stay between you and the centre, unless you tick that they may be published."),
            _("The centre answers each comment. You see its answer and what became of it."),
        ),
        "my",
        _("What waits for you"),
        (Role.FOCAL_POINT, Role.DEPUTY),
    ),
    Guide(
        "pledge",
        _("Find a gap and pledge"),
        _("For donors."),
        (
            _(
                "Look for finalized workplans and activities by region, country, target or amount. The firm "
                "gap is what nobody has committed or paid."
            ),
            _("Compare up to four, save the search to be told of new ones, or take the list with you as a file."),
            _(
                "Tell the centre of your interest. Interest and discussion count nowhere and are seen by you "
                "and the centre only."
            ),
            _(
                "Pledge an amount, then commit it with a document. The head of the centre confirms the "
                "commitment and each receipt."
            ),
            _("An unmet request can be funded in the same way."),
        ),
        "donors",
        _("For donors"),
        (Role.DONOR,),
    ),
    Guide(
        "review",
        _("Review sources of knowledge"),
        _("For members of the advisory group."),
        (
            _("The coordinator opens a round and gives you some sources, with a day until when."),
            _("Look at each source, and say whether to keep it, to change it or to take it out, with a reason."),
            _(
                "Write down what should read differently. The coordinator sees all verdicts and applies the changes "
                "one by one."
            ),
        ),
        "my",
        _("What waits for you"),
        (Role.ADVISOR,),
    ),
    Guide(
        "coordination",
        _("Keep the network in balance"),
        _("For the global coordination entity."),
        (
            _("The coordination page shows what no centre holds, what is late, and which claims wait."),
            _("The helpdesk answers questions of countries and centres, and stands in where no centre serves a Party."),
            _(
                "The needs board shows, for each target and region, what is asked, offered and funded, and "
                "where nothing meets a need."
            ),
            _(
                "Weights of the score, clocks and periods are changed on pages of their own; each change is "
                "written down."
            ),
            _("The status page shows whether the workers keep up."),
        ),
        "coordination",
        _("Coordination"),
        (Role.COORDINATOR,),
    ),
    Guide(
        "systems",
        _("Connect a system"),
        _("For clearing-houses, mechanisms and ministries with a system of their own."),
        (
            _("Public records are read without an account, page by page or as a whole file."),
            _(
                "To write, make a token for your office or organization. It has your rights, cut down to what "
                "you choose, and an end."
            ),
            _("Every step on the pages is a step of the API, with the same rules and the same words."),
        ),
        "api_docs",
        _("Documentation of the API"),
    ),
)
BY_SLUG = {guide.slug: guide for guide in GUIDES}


def first_steps(roles: set[str]) -> list[Guide]:
    """The guides for somebody with these roles, in the order of the help page."""
    return [guide for guide in GUIDES if roles.intersection(guide.roles)]
