"""Compute every seal of the audit trail anew and say what does not fit."""

from django.core.management.base import BaseCommand, CommandError

from accounts.actions import trail


class Command(BaseCommand):
    help = "Check the audit trail: its guard, every seal, and that nothing is missing. Ends with an error at any fault."

    def add_arguments(self, parser):
        parser.add_argument("--seal", action="store_true", help="seal what is old enough before the check")
        parser.add_argument("--digest", help="a digest that a log or a backup kept: one of the seals must have it")

    def handle(self, *args, **options):
        if options["seal"]:
            while trail.seal():
                pass
        verdict = trail.verify()
        for remark in verdict.remarks:
            self.stdout.write(remark)
        if (digest := options["digest"]) and not trail.has_seal(digest):
            verdict.faults.append(f"No seal has the digest {digest}: the trail was sealed anew since.")
        for fault in verdict.faults:
            self.stderr.write(fault)
        if verdict.faults:
            raise CommandError("The audit trail is not what it was.")
        self.stdout.write(
            f"{verdict.seals} seals over {verdict.events} events are good; {verdict.unsealed} wait for the next seal. "
            f"Last digest: {verdict.last_digest or 'none'}"
        )
