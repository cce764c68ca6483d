"""What the pages' snippets need: those for Django a project, of which a process has but one."""

import tests.adapters.django_world  # noqa: F401 - importing it sets the project up
