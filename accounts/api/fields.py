"""Fields of records, each with its description, in one word: what the schema says about them."""

from rest_framework import serializers


def text(words: str, **more) -> serializers.CharField:
    return serializers.CharField(help_text=words, **more)


def texts(words: str, **more) -> serializers.ListField:
    return serializers.ListField(child=serializers.CharField(), help_text=words, **more)


def number(words: str, **more) -> serializers.IntegerField:
    return serializers.IntegerField(help_text=words, **more)


def numbers(words: str, **more) -> serializers.ListField:
    return serializers.ListField(child=serializers.IntegerField(), help_text=words, **more)


def flag(words: str, **more) -> serializers.BooleanField:
    return serializers.BooleanField(help_text=words, **more)


def choice(words: str, choices, **more) -> serializers.ChoiceField:
    return serializers.ChoiceField(choices=choices, help_text=words, **more)


def day(words: str, **more) -> serializers.DateField:
    return serializers.DateField(help_text=words, allow_null=True, **more)


def moment(words: str, **more) -> serializers.DateTimeField:
    return serializers.DateTimeField(help_text=words, **{"allow_null": True} | more)
