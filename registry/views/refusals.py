"""What an action says against a form's values, at the fields that it means."""

from django import forms
from django.core.exceptions import ValidationError


def add_errors(form: forms.Form, error: ValidationError) -> None:
    """The errors at their fields; what names a field that the form does not show stands above it."""
    named = error.message_dict if hasattr(error, "error_dict") else {None: error.messages}
    for field, told in named.items():
        form.add_error(field if field in form.fields and not form.fields[field].widget.is_hidden else None, told)
