/* Memory of the order-2 pass, and what a quarter of it costs: mi-bounds as a process on a set of
 * 50,000 rows. usage: bench_memory TOOLS [N] */
#include "process.h"

enum { D = 512 + 256, ROUNDS = 3 };

int main(int argc, char **argv)
{
    char bounds[4096], synth[4096], memory[32], file[] = "/tmp/libmi-bench-XXXXXX";
    char *n = argc > 2 ? argv[2] : "50000";
    double bytes = 4.0 * D * atof(n), ratio[ROUNDS], in_memory[ROUNDS], quarter[ROUNDS];
    process_use used = {0};
    if (argc < 2 || mkstemp(file) < 0)
        process_die("usage: bench_memory TOOLS [N]");
    snprintf(bounds, sizeof bounds, "%s/mi-bounds", argv[1]);
    snprintf(synth, sizeof synth, "%s/mi-synth", argv[1]);
    /* The program itself has its share, 28 MB and 1 MB a thread. */
    snprintf(memory, sizeof memory, "%.0f", bytes / 4 + 36e6);
    process_run((char *[]){synth, "classes", "--n", n, "--d1", "512", "--d2", "256", "--classes",
                           "10", "-o", file, NULL},
                NULL, NULL);
    for (int k = 0; k < ROUNDS; k++) {
        used = process_run((char *[]){bounds, "--se", file, NULL}, NULL, NULL);
        in_memory[k] = used.seconds;
        quarter[k] =
            process_run((char *[]){bounds, "--se", "--memory", memory, file, NULL}, NULL, NULL)
                .seconds;
        ratio[k] = quarter[k] / in_memory[k];
    }
    clock_header();
    clock_line("peak memory against the features [bytes]", used.peak_bytes, bytes,
               used.peak_bytes / bytes, 1.25 + 300e6 / bytes, 0);
    clock_line("a quarter of the memory against all [s]", clock_median(quarter, ROUNDS),
               clock_median(in_memory, ROUNDS), clock_median(ratio, ROUNDS), 1.5, 0);
    unlink(file);
    return 0;
}
