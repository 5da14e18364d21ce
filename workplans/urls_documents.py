"""Addresses of plans as files, of their pictures, comparisons and reports. They stand before those of the steps."""

from django.urls import path

from .views import compare, documents, sheets, tables

PLAN = "workplans/<slug:reference>/"
VERSION = f"{PLAN}versions/<int:number>/"

urlpatterns = [
    path(f"{PLAN}compare/", compare.workplan_compare, name="workplan_compare"),
    path(f"{PLAN}sheet/", sheets.workplan_sheet, name="workplan_sheet"),
    path(f"{PLAN}import/", tables.workplan_import, name="workplan_import"),
    path(f"{PLAN}report/", documents.workplan_report, name="workplan_report"),
    path(f"{PLAN}report.pdf", documents.workplan_report_pdf, name="workplan_report_pdf"),
    path(f"{VERSION}plan.pdf", documents.workplan_pdf, name="workplan_pdf"),
    path(f"{VERSION}plan.xlsx", documents.workplan_xlsx, name="workplan_xlsx"),
    path(f"{VERSION}print/", documents.workplan_print, name="workplan_print"),
    path(f"{VERSION}charts/", documents.workplan_charts, name="workplan_charts"),
]
