"""How much anybody may send in one form: a body that says it is larger is refused before a byte of it is read."""

from django.core.exceptions import RequestDataTooBig
from django.core.files.uploadhandler import FileUploadHandler

LARGEST_BODY = 55 * 1024 * 1024  # an import of 50 MB, with the rest of its form


class BoundedUpload(FileUploadHandler):
    """The first of the handlers: it keeps nothing and only looks at what the request says of its length."""

    def handle_raw_input(self, input_data, meta, content_length, boundary, encoding=None):
        """Refuse a body that is too large; the answer is a 400."""
        if content_length > LARGEST_BODY:
            raise RequestDataTooBig("The body of this request is larger than any upload may be.")

    def receive_data_chunk(self, raw_data, start):
        """Pass everything on to the next handler."""
        return raw_data

    def file_complete(self, file_size):
        """Leave the file to the next handler."""
