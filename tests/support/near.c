/* near A B [TOLERANCE]: compare two tables; text exactly, numbers within TOLERANCE (default 0)
 * absolutely or relatively. Prints the first difference and exits 1. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int same_cell(const char *a, const char *b, double tolerance)
{
    char *end_a, *end_b;
    double x = strtod(a, &end_a), y = strtod(b, &end_b);
    if (strcmp(a, b) == 0)
        return 1;
    if (end_a == a || end_b == b || *end_a || *end_b || tolerance == 0)
        return 0;
    return fabs(x - y) <= tolerance * fmax(1, fmax(fabs(x), fabs(y)));
}

static int same_line(char *a, char *b, double tolerance, size_t line)
{
    a[strcspn(a, "\n")] = b[strcspn(b, "\n")] = 0;
    for (int column = 1; a || b; column++) {
        char *x = a ? strsep(&a, "\t") : NULL, *y = b ? strsep(&b, "\t") : NULL;
        if (!x || !y || !same_cell(x, y, tolerance)) {
            printf("line %zu, column %d: '%s' and '%s'\n", line, column, x ? x : "(none)",
                   y ? y : "(none)");
            return 0;
        }
    }
    return 1;
}

static int compare(FILE *f, FILE *g, char **argv, double tolerance)
{
    char *a = NULL, *b = NULL;
    size_t room_a = 0, room_b = 0, line = 0;
    ssize_t m, n;
    int same = 1;
    do {
        m = getline(&a, &room_a, f);
        n = getline(&b, &room_b, g);
        line++;
        if ((m < 0) != (n < 0)) {
            printf("line %zu is only in %s\n", line, m < 0 ? argv[2] : argv[1]);
            same = 0;
        } else if (m >= 0) {
            same = same_line(a, b, tolerance, line);
        }
    } while (same && m >= 0);
    free(a);
    free(b);
    return same && line > 1; /* two empty tables are not what anyone wanted to compare */
}

int main(int argc, char **argv)
{
    if (argc < 3)
        return 2;
    FILE *f = fopen(argv[1], "r"), *g = fopen(argv[2], "r");
    int same = f && g && compare(f, g, argv, argc > 3 ? atof(argv[3]) : 0);
    if (f)
        fclose(f);
    if (g)
        fclose(g);
    return same ? 0 : 1;
}
