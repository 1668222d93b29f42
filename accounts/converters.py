"""Usernames in addresses: `<username:username>` matches nothing that could not be one."""

from django.urls import register_converter
from django.urls.converters import StringConverter


class UsernameConverter(StringConverter):
    regex = r"[A-Za-z0-9_.@+-]{1,63}"


register_converter(UsernameConverter, "username")
