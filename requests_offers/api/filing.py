"""Where else a request was filed, kept by the systems of both sides: the office's, its centre's."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.response import Response

from accounts.api.writing import once

from ..actions import filings
from .inputs import FilingInput
from .records import RequestRecord


class FilingCalls:
    """What belongs to a single request besides its steps: how far it came at other mechanisms."""

    row: Any
    written: Any
    validated: Any
    refuse_stale: Any

    @extend_schema(request=FilingInput, responses={200: RequestRecord})
    @action(detail=True, methods=["post"], url_path="file_elsewhere")
    def file_elsewhere(self, request, **kwargs):
        """Write down that the request was filed at another mechanism, or how far it is there.

        By the office and its drafters, and by the centre, until the request has ended. The same mechanism and reference
        again is the same filing, brought up to date.
        """
        return once(request, self._file_elsewhere)

    def _file_elsewhere(self) -> Response:
        row = self.row()
        self.refuse_stale(row)
        data = self.validated(FilingInput)
        user = self.request.user  # type: ignore[attr-defined]
        return self.written(row, lambda plain: filings.add_filing(plain, by=user, data=data))
