#include "comma.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>

int comma_locale(void)
{
    char folder[] = "/tmp/mi-locale-XXXXXX", command[128];
    if (!mkdtemp(folder))
        return 0;
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 %s/de_DE.UTF-8 2>&-", folder);
    setenv("LOCPATH", folder, 1);
    int made = system(command) == 0 && setlocale(LC_ALL, "de_DE.UTF-8");
    snprintf(command, sizeof command, "rm -r %s", folder);
    return system(command) == 0 && made;
}
