"""A plan as a file: a workbook that goes out and comes back, a PDF, a report."""
