/* mi-train - train an encoder and a projector, leave the features of its checkpoints. */
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "libmi/train/train.h"
#include "progress.h"
#include "room.h"
#include "tool.h"

typedef struct {
    mi_train_opts train;
    mi_train_job job;
    size_t train_images;
    size_t memory_bytes;
    int no_history, progress, loss, optimiser, type, precision, print_settings;
} options;

static volatile int stop;
static volatile int stop_signal;

/* ---- options ---- */

#define COUNT(name_, arg_, to_, low_, high_, help_)                                               \
    {                                                                                             \
        .name = name_, .arg = arg_, .type = OPT_COUNT, .at = offsetof(options, to_), .low = low_, \
        .high = high_, .help = help_                                                              \
    }
/* What a number may be is checked, and said, where its meaning is known: in the library. */
#define REAL(name_, arg_, to_, help_)                                                              \
    {                                                                                              \
        .name = name_, .arg = arg_, .type = OPT_REAL, .at = offsetof(options, to_), .low = -1e300, \
        .high = 1e300, .help = help_                                                               \
    }
#define TEXT(name_, arg_, to_, help_)                                                             \
    {                                                                                             \
        .name = name_, .arg = arg_, .type = OPT_TEXT, .at = offsetof(options, to_), .help = help_ \
    }

/* Options after it change what it sets. */
static mi_status take_preset(const char *text, void *to)
{
    if (strcmp(text, "paper-cifar") != 0)
        return mi_fail(MI_EUSAGE, "wanted paper-cifar");
    options *o = to;
    mi_train_preset_paper_cifar(&o->train);
    o->optimiser = (int)o->train.optimiser;
    o->print_settings = 1;
    return MI_OK;
}

static const char after[] =
    "PROJECTOR is a chain, links separated by commas:\n"
    "  identity            z2 is z1\n"
    "  linear[:D]          one dense layer\n"
    "  mlp[:WIDTH[:DEPTH]] DEPTH dense layers (default 2), batch normalisation and ReLU between them; "
    "WIDTH of the inner ones (default: as many as come in)\n"
    "  fsq:L               L levels a column, straight-through: rint(tanh(z + tan(o/h)) h - o) / "
    "floor(L/2), h = (L-1)(1-1e-3)/2, o = 0 for odd L and 0.5 for even\n"
    "  sae:K[:WIDTH]       sparse autoencoder: the K largest of WIDTH rectified units (default: 8 times "
    "as many as come in), decoded\n"
    "The last linear or mlp has --out columns, unless it is linear:D.\n\n"
    "SIGINT and SIGTERM end a run after its step; --resume goes on with it, also after a crash, to the "
    "values that it would have reached.\n\n"
    "Examples:\n  mi-train cifar10.h5 -o run.h5 && mi-bounds run.h5 | mi-plot trend -o figure2.svg\n"
    "  mi-train cifar10.h5 --encoder resnet20 --projector mlp:512,fsq:5 --lambda 0.1 -o fsq.h5\n"
    "  mi-train cifar10.h5 --preset paper-cifar --loss barlow -o barlow.h5\n"
    "  mi-train cifar10.h5 --save weights.h5 -o run.h5\n"
    "  mi-train cifar10.h5 --init weights.h5 --freeze encoder --projector mlp:64 -o frozen.h5";

static const opt_row network_rows[] = {
    {.name = "preset",
     .arg = "NAME",
     .type = OPT_PARSE,
     .at = 0,
     .parse = take_preset,
     .choice = "paper-cifar",
     .help = "paper-cifar: the settings that the paper's experiments stand on, which are printed; "
             "options after it change them"},
    TEXT("encoder", "NAME", train.encoder,
         "small (default: 4 convolutions), resnetN with N = 6k+2, or resnet18"),
    COUNT("width", "W", train.width, 0, 1024,
          "channels of the first convolution, a multiple of 16 (default 0: 32, 16, 64)"),
    TEXT("projector", "CHAIN", train.projector,
         "links, separated by commas: a chain as PROJECTOR says (default mlp)"),
    TEXT("init", "FILE", train.init,
         "begin with the encoder of FILE, which --save wrote (default: drawn by the seed)"),
    {.name = "freeze",
     .arg = "PART",
     .type = OPT_CHOICE,
     .at = offsetof(options, train.freeze),
     .choice = "none|encoder",
     .help = "encoder: leave it as it is, normalisation included, and train the projector alone "
             "(default none)"},
    COUNT("out", "D", train.out, 1, 1 << 20, "columns of z2 (default 128)"),
    {0},
};

static const opt_row loss_rows[] = {
    {.name = "loss",
     .arg = "LOSS",
     .type = OPT_CHOICE,
     .at = offsetof(options, loss),
     .choice = "infonce|barlow",
     .help = "infonce (default: SimCLR) or barlow (Barlow Twins)"},
    REAL("temperature", "T", train.temperature, "of InfoNCE, above 0 (default 0.2)"),
    REAL("barlow-lambda", "L", train.barlow_lambda,
         "weight of the redundancy term, above 0 (default 0.0051)"),
    REAL("barlow-scale", "S", train.barlow_scale, "factor of the loss, above 0 (default 0.1)"),
    REAL("lambda", "X", train.lambda, "add X times I(Z1;Z2) of the batch (default 0: none)"),
    REAL("alpha", "A", train.alpha,
         "order of that information, above 0 (default 2, which is much the quickest)"),
    {0},
};

static const opt_row optimiser_rows[] = {
    {.name = "optimiser",
     .arg = "NAME",
     .type = OPT_CHOICE,
     .at = offsetof(options, optimiser),
     .choice = "sgd|adamw|lars",
     .help = "sgd (default), adamw or lars"},
    REAL("rate", "R", train.rate,
         "learning rate after the warm-up, then half a cosine down to 0 (default 0.06)"),
    REAL("momentum", "M", train.momentum, "of sgd and lars, 0 to below 1 (default 0.9)"),
    REAL("weight-decay", "D", train.decay, "of weights, 0 or more (default 5e-4)"),
    REAL("trust", "E", train.trust, "coefficient of lars, above 0 (default 0.02)"),
    COUNT("epochs", "N", train.epochs, 1, 1e6, "default 30"),
    REAL("warmup", "E", train.warmup,
         "epochs in which the rate rises from 0, at most half of all (default 2)"),
    COUNT("batch", "B", train.batch, 2, 65536, "images of a step, two views each (default 256)"),
    {0},
};

static const opt_row views_rows[] = {
    REAL("crop", "A", train.crop, "least share of the area in a crop, up to 1 (default 0.2)"),
    REAL("jitter", "S", train.jitter, "strength of the colour jitter, 0 or more (default 1)"),
    REAL("flip", "P", train.flip, "chance of a flip; 0 for digits and letters (default 0.5)"),
    REAL("grey", "P", train.grey, "chance of grey (default 0.2)"),
    {.name = "seed",
     .arg = "N",
     .type = OPT_SEED,
     .at = offsetof(options, train.seed),
     .help = "of all draws (default 1)"},
    {0},
};

static const opt_row data_and_checkpoints_rows[] = {
    COUNT("train-images", "N", train_images, 0, 1e15,
          "train on the first N images (default 0: all)"),
    REAL("every", "E", train.every,
         "epochs between checkpoints, also less than 1 (default 1); there is one before the "
         "first step and one at the end"),
    COUNT("eval", "N", train.eval_images, 1, 1e15,
          "test images of which each checkpoint holds two views (default 512)"),
    COUNT("probe", "N", train.probe_images, 0, 1e15,
          "images of either part for the linear probe (default 10000; 0: all)"),
    {0},
};

static const opt_row output_rows[] = {
    {.name = "output",
     .key = 'o',
     .arg = "FILE",
     .type = OPT_TEXT,
     .at = offsetof(options, job.out),
     .help = "write the features to FILE; FILE.resume is beside it while the run is unfinished"},
    TEXT("save", "FILE", job.save, "write the weights to FILE at the end"),
    {.name = "resume",
     .type = OPT_FLAG,
     .at = offsetof(options, job.resume),
     .help = "go on with the unfinished run in FILE, with the options it began with"},
    {.name = "type",
     .arg = "TYPE",
     .type = OPT_CHOICE,
     .at = offsetof(options, type),
     .choice = "f16|f32",
     .help = "store z1 and z2 as f16 (default) or f32"},
    {.name = "no-history",
     .type = OPT_FLAG,
     .at = offsetof(options, no_history),
     .help = "do not keep the command line in the attribute history"},
    {.name = "progress",
     .type = OPT_FLAG,
     .at = offsetof(options, progress),
     .help = "a line a checkpoint on standard error, also when that is no terminal"},
    {0},
};

static const opt_row computation_rows[] = {
    {.name = "precision",
     .arg = "TYPE",
     .type = OPT_CHOICE,
     .at = offsetof(options, precision),
     .choice = "float32|bf16",
     .help =
         "what convolutions compute in: float32 (default), or bf16 on a CPU that has it "
         "(avx512_bf16), which is faster and takes less memory; weights, statistics and losses stay "
         "float32"},
    {.name = "threads",
     .arg = "N",
     .type = OPT_INT,
     .at = offsetof(options, train.threads),
     .low = 0,
     .high = 4096,
     .help = "default 0: the CPUs this process may use; the last digits depend on it"},
    {0},
};

static const opt_group groups[] = {
    {"Network:", network_rows, 0},
    {"Loss:", loss_rows, 0},
    {"Optimiser:", optimiser_rows, 0},
    {"Views:", views_rows, 0},
    {"Data and checkpoints:", data_and_checkpoints_rows, 0},
    {"Output:", output_rows, 0},
    {"Computation:", computation_rows, 0},
    {NULL, room_rows, offsetof(options, memory_bytes)},
    {0},
};

static const opt_program program = {
    .name = "mi-train",
    .args = "IMAGES",
    .summary =
        "Train an encoder and a projector without labels on the images of an HDF5 file (mi-images "
        "makes such), and write the features of every checkpoint: z1, z2, r, y.",
    .after = after,
    .needs_args = 1,
    .group = groups,
};

static void parse(int argc, char **argv, options *o, int *first)
{
    opt_parse(&program, o, argc, argv, first);
    o->train.loss = (mi_loss_kind)o->loss;
    o->train.optimiser = (mi_optimiser)o->optimiser;
    o->train.precision = (mi_precision)o->precision;
    o->train.store = o->type ? MI_STORE_F32 : MI_STORE_F16;
    o->job.history = o->no_history ? NULL : opt_command_line();
}

/* ---- progress ---- */

typedef struct {
    struct timespec start;
    size_t first; /* step that the clock was started at */
    int is_terminal;
} clock_state;

/* "1 h 02 min", "3 min 20 s" */
static const char *as_time(double s, char text[32])
{
    if (s >= 3600)
        snprintf(text, 32, "%.0f h %02.0f min", floor(s / 3600), floor(fmod(s, 3600) / 60));
    else if (s >= 60)
        snprintf(text, 32, "%.0f min %02.0f s", floor(s / 60), floor(fmod(s, 60)));
    else
        snprintf(text, 32, "%.0f s", s);
    return text;
}

static void show(void *arg, const mi_train_state *s)
{
    clock_state *c = arg;
    char left[32] = "?", line[256];
    size_t done = s->step - c->first;
    if (c->first == SIZE_MAX || done == 0) {
        clock_gettime(CLOCK_MONOTONIC, &c->start);
        c->first = s->step;
    } else {
        double each = progress_seconds_since(&c->start) / (double)done;
        as_time(each * (double)(s->steps - s->step), left);
    }
    if (!c->is_terminal && !s->is_checkpoint)
        return;
    int n = snprintf(line, sizeof line, "epoch %.2f of %.0f, loss %.4f, rate %.4g", s->epoch,
                     s->epochs, s->loss, s->rate);
    if (isfinite(s->information))
        n += snprintf(line + n, sizeof line - (size_t)n, ", I(Z1;Z2) %.3f", s->information);
    if (isfinite(s->accuracy))
        n += snprintf(line + n, sizeof line - (size_t)n, ", accuracy %.2f %%", 100 * s->accuracy);
    snprintf(line + n, sizeof line - (size_t)n, ", %s left", left);
    fprintf(stderr, c->is_terminal ? "\r%s\033[K%s" : "%s%s", line,
            !c->is_terminal || s->is_checkpoint ? "\n" : "");
}

/* ---- the run ---- */

static void on_signal(int number)
{
    stop = 1;
    stop_signal = number; /* a second one ends the process: SA_RESETHAND */
}

static void catch_stop(void)
{
    const struct sigaction action = {.sa_handler = on_signal, .sa_flags = (int)SA_RESETHAND};
    sigaction(SIGINT, &action, NULL);
    sigaction(SIGTERM, &action, NULL);
}

static void *take_signals(void *none)
{
    for (;;)
        pause();
    return none;
}

/* A thread of their own takes the signals that come at any time. oneDNN's kernels use the stack pointer
 * for other things, so that the frame of a handler in one of their threads lands in the heap. */
static void keep_signals_apart(sigset_t *kept)
{
    static const int number[] = {SIGPROF, SIGINT, SIGTERM, SIGHUP, SIGQUIT};
    pthread_t thread;
    sigemptyset(kept);
    if (pthread_create(&thread, NULL, take_signals, NULL) != 0)
        return;
    pthread_detach(thread);
    for (size_t k = 0; k < sizeof number / sizeof *number; k++)
        sigaddset(kept, number[k]);
    pthread_sigmask(SIG_BLOCK, kept, NULL);
}

static mi_status check(const options *o, int n, char **arg)
{
    if (n != 1)
        return mi_fail(MI_EUSAGE, "%d files of images, wanted one", n);
    if (!o->job.out || strcmp(o->job.out, "-") == 0)
        return mi_fail(MI_EUSAGE,
                       "no file for the features: -o FILE (they grow as the run goes on)");
    if (strcmp(arg[0], o->job.out) == 0)
        return mi_fail(MI_EUSAGE, "'%s' is the file of images too", o->job.out);
    return MI_OK;
}

static void print_preset(const options *o)
{
    const mi_train_opts *t = &o->train;
    fprintf(
        stderr,
        "mi-train: --encoder %s --width %ld --projector %s --out %ld --loss %s --temperature %g "
        "--optimiser %s --rate %g --trust %g --momentum %g --weight-decay %g --epochs %ld "
        "--warmup %g --batch %ld\n",
        t->encoder, t->width, t->projector, t->out, o->loss ? "barlow" : "infonce", t->temperature,
        (const char *const[]){"sgd", "adamw", "lars"}[o->optimiser], t->rate, t->trust, t->momentum,
        t->decay, t->epochs, t->warmup, t->batch);
}

/* What oneDNN's kernels and their threads take. */
#define KERNEL_BYTES ((size_t)32 << 20)

static mi_status leave_room(options *o)
{
    mi_run run;
    mi_run_default(&run);
    run.threads = o->train.threads;
    if (!o->memory_bytes)
        return MI_OK;
    MI_TRY(room_leave(&o->memory_bytes, mi_run_threads(&run)));
    o->train.memory_bytes = o->memory_bytes > KERNEL_BYTES ? o->memory_bytes - KERNEL_BYTES : 1;
    return MI_OK;
}

static mi_status train(options *o, const char *path)
{
    const size_t most[MI_IMAGES_PARTS] = {o->train_images, 0};
    static clock_state clock = {.first = SIZE_MAX}; /* the job points to it */
    mi_images images;
    sigset_t kept;
    int is_done = 0;
    clock.is_terminal = isatty(STDERR_FILENO);
    if (o->progress || clock.is_terminal) {
        o->job.progress = show;
        o->job.progress_arg = &clock;
    }
    MI_TRY(mi_images_read(&images, path, most));
    o->job.stop = &stop;
    catch_stop();
    keep_signals_apart(&kept);
    mi_status status = mi_train(&o->train, &images, &o->job, &is_done);
    pthread_sigmask(SIG_UNBLOCK, &kept, NULL);
    mi_images_free(&images);
    if (status == MI_OK && !is_done)
        tool_warn("stopped; the same command with --resume goes on");
    return status;
}

int main(int argc, char **argv)
{
    options o = {.type = 0};
    int first, exit_code = 0;
    mi_status status;

    mi_train_opts_default(&o.train);
    parse(argc, argv, &o, &first);
    if (o.print_settings)
        print_preset(&o);
    MI_TRY_GOTO(status, check(&o, argc - first, argv + first), done);
    MI_TRY_GOTO(status, leave_room(&o), done);
    status = train(&o, argv[first]);
done:
    if (status != MI_OK)
        exit_code = tool_fail(status);
    if (status == MI_OK && stop_signal) {
        signal(stop_signal, SIG_DFL);
        raise(stop_signal);
    }
    return exit_code;
}
