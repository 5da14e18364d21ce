"""The request form as a file: written as DOCX or XLSX, filled in offline, read again."""
