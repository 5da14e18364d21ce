"""What a body may say: known fields only, and controlled words by their codes."""

from collections.abc import Callable

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from ..texts import validate_line, validate_lines


class Input(serializers.Serializer):
    """A body of known fields. Any other is refused: it is a slip, or an attempt at what is not the caller's.

    Every text in it is one that people can read; whoever asks for one line says so at the field.
    """

    def get_fields(self):
        fields = super().get_fields()
        for field in fields.values():
            if type(field) is serializers.CharField and validate_line not in field.validators:
                field.validators = [*field.validators, validate_lines]
        return fields

    def to_internal_value(self, data):
        if isinstance(data, dict) and (unknown := set(data) - set(self.fields)):
            sentence = _("There is no field with this name here.")
            faults = {name: [serializers.ErrorDetail(sentence, code="unknown")] for name in sorted(map(str, unknown))}
            raise serializers.ValidationError(faults)
        return super().to_internal_value(data)


class CodeField(serializers.CharField):
    """One record by its natural code."""

    default_error_messages = {"does_not_exist": _("There is nothing here with the code “%(code)s”.")}

    def __init__(self, rows: Callable, key: str, **kwargs):
        super().__init__(**{"max_length": 100} | kwargs)
        self.rows, self.key = rows, key

    def to_internal_value(self, data):
        code = super().to_internal_value(data)
        super().run_validators(code)
        found = self.rows().filter(**{self.key: code}).first()
        if found is None:
            sentence = self.error_messages["does_not_exist"] % {"code": code}
            raise serializers.ValidationError(sentence, code="does_not_exist")
        return found

    def run_validators(self, value):
        """They look at the code, before it becomes a record."""


class CodesField(serializers.ListField):
    """Several records by their natural codes, in one query."""

    default_error_messages = {"does_not_exist": _("There is nothing here with these codes: %(codes)s.")}

    def __init__(self, rows: Callable, key: str, **kwargs):
        child = kwargs.pop("child", None) or serializers.CharField(max_length=100)
        super().__init__(child=child, **{"max_length": 200, "required": False} | kwargs)
        self.rows, self.key = rows, key

    def to_internal_value(self, data):
        codes = list(dict.fromkeys(super().to_internal_value(data)))
        found = {getattr(row, self.key): row for row in self.rows().filter(**{f"{self.key}__in": codes})}
        if lacking := [str(code) for code in codes if code not in found]:
            sentence = self.error_messages["does_not_exist"] % {"codes": ", ".join(lacking)}
            raise serializers.ValidationError(sentence, code="does_not_exist")
        return [found[code] for code in codes]
