/* Inputs of a fuzz target without a fuzzer: replay FILE|FOLDER..., each file of them once. */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "target.h"

static size_t inputs;

static int take_file(const char *path)
{
    static uint8_t data[1 << 22];
    FILE *f = fopen(path, "rb");
    if (!f) {
        perror(path);
        return 1;
    }
    size_t size = fread(data, 1, sizeof data, f);
    fclose(f);
    fprintf(stderr, "%s\n", path); /* the last one is that of a crash */
    LLVMFuzzerTestOneInput(data, size);
    inputs++;
    return 0;
}

static int take(const char *path)
{
    struct stat st;
    int failed = 0;
    if (stat(path, &st) != 0 || !S_ISDIR(st.st_mode))
        return take_file(path);
    DIR *folder = opendir(path);
    for (struct dirent *entry; folder && (entry = readdir(folder));) {
        char name[4096];
        snprintf(name, sizeof name, "%s/%s", path, entry->d_name);
        if (entry->d_name[0] != '.')
            failed |= take(name);
    }
    if (folder)
        closedir(folder);
    return failed;
}

int main(int argc, char **argv)
{
    int failed = 0;
    for (int k = 1; k < argc; k++)
        failed |= take(argv[k]);
    printf("%zu inputs\n", inputs);
    return failed || inputs == 0;
}
