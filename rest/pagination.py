"""The pages of every list: count, next, previous, results."""

from rest_framework.pagination import PageNumberPagination


class PageNumbers(PageNumberPagination):
    """`?page=` and `?page_size=`, 50 rows unless asked otherwise, never more than 500."""

    page_size_query_param = "page_size"
    max_page_size = 500
