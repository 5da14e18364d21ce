"""Addresses of the work that follows agreed matches: engagements, joint proposals, what they achieved; and of
providers.
"""

from django.urls import path

from .views import achievements, engagements, practices, proposals, providers

ENG, PRO = "engagements/<str:reference>/", "proposals/<str:reference>/"

urlpatterns = [
    path("practices/<str:reference>/", practices.practice_detail, name="practice_detail"),
    path("achievements/", achievements.achievements, name="achievements"),
    path(ENG, engagements.engagement_detail, name="engagement_detail"),
    path(f"{ENG}plan/", engagements.engagement_plan, name="engagement_plan"),
    path(f"{ENG}milestones/new/", engagements.milestone_new, name="milestone_new"),
    path(f"{ENG}milestones/<int:number>/", engagements.milestone_edit, name="milestone_edit"),
    path(f"{ENG}milestones/<int:number>/done/", engagements.milestone_done, name="milestone_done"),
    path(f"{ENG}milestones/<int:number>/acts/<slug:name>/", engagements.milestone_act, name="milestone_act"),
    path(f"{ENG}results/new/", engagements.result_new, name="result_new"),
    path(f"{ENG}results/<int:pk>/file/", engagements.result_file, name="result_file"),
    path(f"{ENG}results/<int:pk>/remove/", engagements.result_remove, name="result_remove"),
    path(f"{ENG}beneficiaries/", engagements.engagement_beneficiaries, name="engagement_beneficiaries"),
    path(f"{ENG}lessons/", engagements.engagement_lessons, name="engagement_lessons"),
    path(f"{ENG}story/", engagements.engagement_story, name="engagement_story"),
    path(f"{ENG}story/<slug:name>/", engagements.story_act, name="story_act"),
    path(f"{ENG}proposal/", engagements.proposal_begin, name="proposal_begin"),
    path(PRO, proposals.proposal_detail, name="proposal_detail"),
    path(f"{PRO}edit/", proposals.proposal_edit, name="proposal_edit"),
    path(f"{PRO}proposal.pdf", proposals.proposal_file, name="proposal_file"),
    path(f"{PRO}steps/<slug:name>/", proposals.proposal_step, name="proposal_step"),
    path("offers/<str:reference>/extend/", providers.offer_extend, name="offer_extend"),
    path("offers/answer/<str:token>/", providers.offer_by_mail, name="offer_by_mail"),
    path("coordination/organizations/merge/", providers.organization_merge, name="organization_merge"),
    path("organizations/<slug:slug>/conflicts/", providers.conflict_list, name="conflict_list"),
    path("organizations/<slug:slug>/conflicts/<int:pk>/end/", providers.conflict_end, name="conflict_end"),
]
