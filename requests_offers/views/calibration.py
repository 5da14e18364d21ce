"""How the bands of the scorer compare with what became of the matches."""

from urllib.parse import urlencode

from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from accounts.permissions import Permission, require

from ..actions import calibration
from ..match_inputs import load_weights
from ..matching.records import CRITERIA


@require_safe
def match_calibration(request):
    """Bands against verdicts and answers, reasons for declining, and what the verdicts speak for."""
    require(request.user, Permission.WEIGHTS_EDIT)
    bands = calibration.outcomes()
    fitted = calibration.proposal()
    context = {
        "bands": [_drawn(band) for band in bands],
        "has_cases": any(count is not None for band in bands for count in band.counts.values()),
        "reasons": calibration.decline_reasons(),
        "verdicts": calibration.verdicts_given(),
        "fewest": calibration.FEWEST_VERDICTS,
        "proposal": fitted,
        "proposed": _compared(fitted) if fitted else [],
        "proposal_url": f"{reverse('match_weights')}?{urlencode(fitted.values)}" if fitted else "",
    }
    return render(request, "requests_offers/calibration.html", context)


def _drawn(band: calibration.BandOutcomes) -> dict:
    """A band with its bars: what officers kept of what they judged, and what was agreed of what was answered."""
    bars = [("officers", band.share("kept", "dropped")), ("sides", band.share("agreed", "declined"))]
    return {
        "band": band.band,
        "cells": [(name, band.counts[name]) for name in calibration.OUTCOMES],
        "bars": [
            {"kind": kind, "share": share, "rest": None if share is None else 100 - share} for kind, share in bars
        ],
    }


def _compared(fitted: calibration.Proposal) -> list[tuple[str, float, float]]:
    now = load_weights()
    return [(name, now.of(name), fitted.values[name]) for name in CRITERIA]
