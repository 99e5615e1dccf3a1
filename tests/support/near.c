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

int main(int argc, char **argv)
{
    char *a = NULL, *b = NULL;
    size_t room_a = 0, room_b = 0;
    if (argc < 3)
        return 2;
    FILE *f = fopen(argv[1], "r"), *g = fopen(argv[2], "r");
    if (!f || !g)
        return 2;
    for (size_t line = 1;; line++) {
        ssize_t m = getline(&a, &room_a, f), n = getline(&b, &room_b, g);
        if (m < 0 && n < 0) {
            free(a);
            free(b);
            return line == 1; /* two empty tables are not what anyone wanted to compare */
        }
        if (m < 0 || n < 0) {
            printf("line %zu is only in %s\n", line, m < 0 ? argv[2] : argv[1]);
            return 1;
        }
        if (!same_line(a, b, argc > 3 ? atof(argv[3]) : 0, line))
            return 1;
    }
}
