"""One answer with several series over the same times, as JSON or CSV."""

from typing import Any

from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request as HttpRequest
from rest_framework.response import Response
from rest_framework.views import APIView

from metrics.api.csv import SeriesCsv
from metrics.asked import MOST_POINTS, asked
from metrics.marks import marks_of
from metrics.serializers import SeriesAnswerSerializer
from metrics.series import About, Series, series_of
from reconcile.clock import database_now

PARAMETERS = [
    OpenApiParameter("name", str, many=True, description="Which series; all of them if there is none."),
    OpenApiParameter("from", str, description="A time, seconds since 1970, or 6h for six hours ago. Default: an hour before `to`."),
    OpenApiParameter("to", str, description="As `from`. Default: now."),
    OpenApiParameter("step", int, description=f"Seconds between values; by default the finest with at most {MOST_POINTS} of them."),
    OpenApiParameter("format", str, enum=["json", "csv"], description="csv: a line for each time, a column for each series."),
]
BY_REVISION = OpenApiParameter("by", str, enum=["revision"], description="Also each revision by itself.")
ANSWERS = {(200, "application/json"): SeriesAnswerSerializer, (200, "text/csv"): OpenApiTypes.STR}


class SeriesView(APIView):
    """Answers reads with series; what it is about is found by the view of an app above."""

    renderer_classes = [JSONRenderer, SeriesCsv]

    def told(self, http: HttpRequest, about: About, offered: tuple[str, ...], file: str) -> Response:
        """What the query asks for; a query that makes no sense is a 400 that names the field."""
        query: QueryDict = http.query_params
        wanted = asked(query, database_now(), offered)
        found = series_of(about, wanted, parts=query.get("by") == "revision")
        body = {
            "from": wanted.since,
            "to": wanted.until,
            "step": wanted.step,
            "times": list(range(wanted.since, wanted.until, wanted.step)),
            "series": [_series(each) for each in found],
            "marks": [vars(mark) for mark in marks_of(about.cluster_id, about.subject, wanted.since, wanted.until)],
        }
        headers = {"Content-Disposition": f'attachment; filename="slipway-{file}.csv"'} if _is_csv(http) else {}
        return Response(body, headers={"Cache-Control": "no-store", **headers})


def _is_csv(http: HttpRequest) -> bool:
    return bool(getattr(http, "accepted_renderer", None)) and http.accepted_renderer.format == "csv"


def _series(series: Series) -> dict[str, Any]:
    return {
        "name": series.name.name,
        "label": str(series.name.label),
        "unit": series.name.unit,
        "revision": series.part,
        "values": series.values,
        "max": series.most,
        "request": series.request,
        "limit": series.limit,
        "source": series.source or None,
        "reason": series.reason,
    }
