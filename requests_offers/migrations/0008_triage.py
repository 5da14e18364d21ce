"""Who works on a request, notes, texts for answers, criteria and scores. Clock lengths moved to centres with their table."""

import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('requests_offers', '0007_matching_with_people'),
        ('centres', '0004_clock_lengths'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(
            state_operations=[
                migrations.DeleteModel(
                    name='ClockLength',
                ),
            ],
        ),
        migrations.CreateModel(
            name='Assessment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criteria_version', models.PositiveIntegerField()),
                ('note', models.TextField(blank=True)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('changed_at', models.DateTimeField(blank=True, null=True)),
            ],
        ),
        migrations.CreateModel(
            name='AssessmentScore',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('criterion', models.SlugField(max_length=40)),
                ('value', models.PositiveSmallIntegerField()),
                ('note', models.CharField(blank=True, max_length=500)),
            ],
        ),
        migrations.CreateModel(
            name='Assignment',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('since', models.DateTimeField(default=django.utils.timezone.now)),
                ('until', models.DateTimeField(blank=True, null=True)),
                ('why', models.CharField(blank=True, choices=[('changed', 'Somebody else was chosen'), ('given_back', 'Given back to the centre'), ('handed_on', 'The request was handed on'), ('role_ended', 'The role of the officer ended')], max_length=10)),
            ],
        ),
        migrations.CreateModel(
            name='CriteriaVersion',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('version', models.PositiveIntegerField(unique=True)),
                ('criteria', models.JSONField()),
                ('reason', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name='InternalNote',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('form_key', models.UUIDField(blank=True, null=True, unique=True)),
            ],
        ),
        migrations.CreateModel(
            name='ReplyTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('step', models.CharField(choices=[('ask_clarification', 'Ask a question'), ('answer_directly', 'Answer directly'), ('redirect', 'Hand to another centre'), ('refuse', 'Refuse the request')], max_length=20)),
                ('language', models.CharField(choices=[('en', 'English'), ('fr', 'French'), ('es', 'Spanish'), ('ar', 'Arabic'), ('zh', 'Chinese'), ('ru', 'Russian')], default='en', max_length=2)),
                ('title', models.CharField(max_length=120)),
                ('text', models.TextField()),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('retired_at', models.DateTimeField(blank=True, null=True)),
                ('is_example', models.BooleanField(default=False)),
            ],
        ),
        migrations.AddField(
            model_name='assessment',
            name='centre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.supportcentre'),
        ),
        migrations.AddField(
            model_name='assessment',
            name='officer',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assessment',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assessments', to='requests_offers.cooperationrequest'),
        ),
        migrations.AddField(
            model_name='assessmentscore',
            name='assessment',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='scores', to='requests_offers.assessment'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='assigned_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assignment',
            name='centre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.supportcentre'),
        ),
        migrations.AddField(
            model_name='assignment',
            name='officer',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='assignment',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='assignments', to='requests_offers.cooperationrequest'),
        ),
        migrations.AddField(
            model_name='criteriaversion',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='internalnote',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='internalnote',
            name='centre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to='centres.supportcentre'),
        ),
        migrations.AddField(
            model_name='internalnote',
            name='request',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='internal_notes', to='requests_offers.cooperationrequest'),
        ),
        migrations.AddField(
            model_name='replytemplate',
            name='centre',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reply_templates', to='centres.supportcentre'),
        ),
        migrations.AddField(
            model_name='replytemplate',
            name='created_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='assessment',
            constraint=models.UniqueConstraint(fields=('request', 'officer', 'criteria_version'), name='assessment_once_by_an_officer'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscore',
            constraint=models.UniqueConstraint(fields=('assessment', 'criterion'), name='criterion_scored_once_in_an_assessment'),
        ),
        migrations.AddConstraint(
            model_name='assessmentscore',
            constraint=models.CheckConstraint(condition=models.Q(('value__lte', 3)), name='criterion_scored_up_to_three'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.UniqueConstraint(condition=models.Q(('until__isnull', True)), fields=('request',), name='request_has_one_assignee_at_a_time'),
        ),
        migrations.AddConstraint(
            model_name='assignment',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('until__isnull', True), ('why', '')), models.Q(('until__isnull', False), models.Q(('why', ''), _negated=True)), _connector='OR'), name='assignment_says_why_iff_ended'),
        ),
        migrations.AddConstraint(
            model_name='criteriaversion',
            constraint=models.CheckConstraint(condition=models.Q(('version__gte', 2)), name='criteria_begin_with_version_two'),
        ),
        migrations.AddConstraint(
            model_name='replytemplate',
            constraint=models.CheckConstraint(condition=models.Q(('step__in', ['ask_clarification', 'answer_directly', 'redirect', 'refuse'])), name='reply_template_step_known'),
        ),
        migrations.AddConstraint(
            model_name='replytemplate',
            constraint=models.UniqueConstraint(condition=models.Q(('centre__isnull', False), ('retired_at__isnull', True)), fields=('centre', 'step', 'language', 'title'), name='reply_template_of_a_centre_titled_once'),
        ),
        migrations.AddConstraint(
            model_name='replytemplate',
            constraint=models.UniqueConstraint(condition=models.Q(('centre__isnull', True), ('retired_at__isnull', True)), fields=('step', 'language', 'title'), name='reply_template_of_the_network_titled_once'),
        ),
    ]
