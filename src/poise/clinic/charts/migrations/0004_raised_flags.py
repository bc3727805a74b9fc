from __future__ import annotations

from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("charts", "0003_kept"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(model_name="safetyscreen", name="is_full", field=models.BooleanField(default=True)),
        migrations.AddField(model_name="safetyscreen", name="raised", field=models.JSONField(default=list)),
        migrations.AddField(model_name="safetyscreen", name="unsettled", field=models.BooleanField(default=False)),
        migrations.AddIndex(
            model_name="safetyscreen",
            index=models.Index(fields=["patient", "unsettled"], name="unsettled_screens"),
        ),
    ]
