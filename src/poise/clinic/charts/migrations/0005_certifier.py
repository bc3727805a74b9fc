from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("charts", "0004_raised_flags")]

    operations = [
        migrations.AddField(
            model_name="accident",
            name="certifier",
            field=models.CharField(
                blank=True, default="", max_length=20, verbose_name="profession of who certified"
            ),
            preserve_default=False,
        ),
    ]
