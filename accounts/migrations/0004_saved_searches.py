import django.db.models.deletion
import django.utils.timezone
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0003_mail_links'),
    ]

    operations = [
        migrations.CreateModel(
            name='SavedSearch',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(max_length=30)),
                ('query', models.CharField(blank=True, max_length=2000)),
                ('name', models.CharField(max_length=120)),
                ('frequency', models.CharField(choices=[('at_once', 'At once'), ('daily', 'Once a day'), ('weekly', 'Once a week'), ('none', 'No mail')], default='daily', max_length=10)),
                ('last_seen_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='saved_searches', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['frequency', 'last_seen_at'], name='saved_search_by_turn')],
                'constraints': [models.UniqueConstraint(fields=('user', 'kind', 'query'), name='saved_search_kept_once_by_a_person'), models.CheckConstraint(condition=models.Q(('frequency__in', ['at_once', 'daily', 'weekly', 'none'])), name='saved_search_frequency_known')],
            },
        ),
    ]
