from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("clusters", "0005_unwatched_kinds"),
    ]

    operations = [
        migrations.AddField(
            model_name="pod",
            name="last_exit",
            field=models.JSONField(default=dict),
        ),
    ]
