/* The golden values of an independent program, through the tools: usage test_oracle MI-BOUNDS
 * DIRECTORY
 *
 * Each entry of expected.json and of kernels.json is a command line and the values of its table. Prints
 * TAP. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static double tolerance_of(const char *file, const char *name, double expected)
{
    size_t length = strlen(name);
    if (length > 3 && strcmp(name + length - 3, "_se") == 0)
        return fmax(1e-4 * fabs(expected), 1e-7);
    return strcmp(file, "chain.h5") == 0 ? 1e-9 : 2e-5;
}

/* Options by their command-line names; true is the bare option, false its absence. */
static void append_options(char *command, size_t bytes, json_t *options)
{
    const char *key;
    json_t *value;
    json_object_foreach(options, key, value)
    {
        size_t used = strlen(command);
        if (json_is_string(value))
            snprintf(command + used, bytes - used, " --%s '%s'", key, json_string_value(value));
        else if (json_is_number(value))
            snprintf(command + used, bytes - used, " --%s %.17g", key, json_number_value(value));
        else if (json_is_true(value))
            snprintf(command + used, bytes - used, " --%s", key);
    }
}

static json_t *run(const char *command)
{
    json_error_t error;
    FILE *f = popen(command, "r");
    json_t *row = f ? json_loadf(f, JSON_DISABLE_EOF_CHECK, &error) : NULL;
    if (f && pclose(f) != 0) {
        json_decref(row);
        return NULL;
    }
    return row;
}

/* Compare all values of an entry; the worst goes into `note`. */
static int compare(json_t *entry, json_t *row, char *note, size_t bytes)
{
    const char *file = json_string_value(json_object_get(entry, "file")), *name;
    json_t *expected;
    int good = 1;
    double worst = 0;
    snprintf(note, bytes, "nothing compared");
    json_object_foreach(json_object_get(entry, "values"), name, expected)
    {
        json_t *found = json_object_get(row, name);
        double want = json_number_value(expected), is = json_number_value(found);
        double apart =
            json_is_number(found) ? fabs(is - want) / tolerance_of(file, name, want) : INFINITY;
        if (!(apart <= 1))
            good = 0;
        if (apart >= worst) {
            worst = apart;
            snprintf(note, bytes, "%s = %.12g, expected %.12g (%.2g of its tolerance)", name,
                     json_is_number(found) ? is : NAN, want, apart);
        }
    }
    return good;
}

static int check_entry(json_t *entry, const char *tool, const char *directory, size_t number)
{
    const char *file = json_string_value(json_object_get(entry, "file"));
    const char *group = json_string_value(json_object_get(entry, "group"));
    char command[2048], note[512] = "the tool failed";
    snprintf(command, sizeof command, "'%s' --json --digits 17 --r id '%s/%s%s%s'", tool, directory,
             file, *group ? ":" : "", group);
    append_options(command, sizeof command, json_object_get(entry, "options"));
    json_t *row = run(command);
    int good = row && compare(entry, row, note, sizeof note);
    json_decref(row);
    char *options = json_dumps(json_object_get(entry, "options"), JSON_COMPACT);
    printf("%s %zu - %s %s %s\n# %s\n", good ? "ok" : "not ok", number, file, group, options, note);
    free(options);
    return good;
}

/* The entries of a file, added to all. */
static int load(json_t *all, const char *directory, const char *name)
{
    char path[1024];
    json_error_t error;
    snprintf(path, sizeof path, "%s/%s", directory, name);
    json_t *entries = json_load_file(path, 0, &error);
    if (!entries)
        fprintf(stderr, "%s: %s\n", path, error.text);
    int good = entries && json_array_extend(all, entries) == 0;
    json_decref(entries);
    return good;
}

int main(int argc, char **argv)
{
    size_t index;
    json_t *entry, *all = json_array();
    int good = 1;
    if (argc != 3 || !load(all, argv[2], "expected.json") || !load(all, argv[2], "kernels.json"))
        return 2;
    printf("1..%zu\n", json_array_size(all));
    json_array_foreach(all, index, entry) good &= check_entry(entry, argv[1], argv[2], index + 1);
    json_decref(all);
    return good ? 0 : 1;
}
