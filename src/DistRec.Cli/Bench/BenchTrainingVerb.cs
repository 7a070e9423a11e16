using System.Runtime.Intrinsics;
using DistRec.Training.Compute;

namespace DistRec.Cli.Bench;

/// <summary>
/// Times training on generated ratings: through the actors, as <c>train</c> runs it, and as a bare loop over the same kernels;
/// beside the machine's peaks of the same run.
/// </summary>
internal abstract class BenchTrainingVerb : Verb
{
    public override IReadOnlyList<OptionDefinition> Options => [.. BenchShape.Options, Json];

    public override async Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        BenchShape shape = BenchShape.Read(given, host);
        given.Mistakes.ThrowIfAny();
        using ComputePool pool = new(shape.Threads);
        Peaks peaks = await Peaks.MeasureAsync(pool);
        RatingData generated = shape.Generate(host);
        TrainingData data = DataOf(generated);
        TrainingSettings settings = SettingsOf(shape) with
        {
            Epochs = (shape.Iterations + 1) / 2,
            Patience = 0,
            Threads = shape.Threads,
            Partitions = shape.Partitions,
            Consistency = shape.Consistency,
        };
        settings.Validate();

        // A first run, beside which the runtime still compiles what is called often, is told apart.
        double warming = TrainingOutcome.MedianOf(await RunActorsAsync(data, settings, host.Stop));

        // Actors, bare, bare, actors: what drifts on a shared machine falls on both alike.
        List<double> actorSeconds = [], bareSeconds = [];
        foreach (bool isBare in new[] { false, true, true, false })
        {
            (isBare ? bareSeconds : actorSeconds).AddRange(
                isBare ? await RunBareAsync(data, settings, pool, host.Stop) : await RunActorsAsync(data, settings, host.Stop));

            // The next run makes tables of its own: these go first, so that the peak is of one run.
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);
        }

        double seconds = TrainingOutcome.MedianOf(actorSeconds);
        double bare = TrainingOutcome.MedianOf(bareSeconds);
        double flops = FlopsPerIteration(data.Train.Count, shape.Rank);
        double gflops = flops / seconds / 1e9;
        Report(given, host, new
        {
            benchmark = Name,
            ratings = data.Train.Count,
            users = shape.Users,
            items = shape.Items,
            rank = shape.Rank,
            threads = shape.Threads,
            partitions = shape.Partitions,
            iterations = actorSeconds.Count,
            secondsPerIteration = seconds,
            ratingsPerSecond = data.Train.Count / seconds,
            usefulGflops = gflops,
            sgemmGflops = peaks.SgemmGflops,
            sgemmSource = peaks.SgemmSource,
            triadGBps = peaks.TriadGBps,
            ratio = Ratio(data.Train.Count, shape.Rank, seconds, peaks),
            ratioMeans = RatioMeaning,
            bareSecondsPerIteration = bare,
            actorOverhead = seconds / bare - 1,
            warmingSecondsPerIteration = warming,
            vectorBits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128,
            peakMemoryMiB = PeakMemory.MiB(),
        });
        return ExitCode.Success;
    }

    private static async Task<IReadOnlyList<double>> RunActorsAsync(
        TrainingData data, TrainingSettings settings, CancellationToken cancellationToken)
    {
        TrainingOutcome outcome = await TrainingSession.RunAsync(data, settings, new SessionOptions(), null, cancellationToken);
        return outcome.Model is null ? throw new NumericalException(outcome.Reason) : [.. outcome.Epochs.Select(epoch => epoch.Seconds)];
    }

    /// <summary>What it learns from.</summary>
    protected virtual TrainingData DataOf(RatingData generated) => new(generated.Ratings, null, "generated", generated.Fingerprint);

    /// <summary>The model that is timed, at its defaults.</summary>
    protected abstract TrainingSettings SettingsOf(BenchShape shape);

    /// <summary>Floating-point operations that an iteration needs.</summary>
    protected abstract double FlopsPerIteration(long ratings, int rank);

    /// <summary>Share of the peak that is reached.</summary>
    protected abstract double Ratio(long ratings, int rank, double seconds, Peaks peaks);

    /// <summary>What <see cref="Ratio"/> is a ratio of.</summary>
    protected abstract string RatioMeaning { get; }

    /// <summary>The same work without actors; seconds of each iteration.</summary>
    protected abstract Task<IReadOnlyList<double>> RunBareAsync(
        TrainingData data, TrainingSettings settings, IComputePool pool, CancellationToken cancellationToken);

    /// <summary>Prints figures as JSON, or as lines.</summary>
    internal static void Report<T>(GivenOptions given, CliHost host, T figures)
    {
        if (given.Flag("json"))
        {
            JsonOutput.Write(host.Output, figures);
            return;
        }

        foreach (System.Text.Json.JsonProperty figure in JsonOutput.ToElement(figures).EnumerateObject())
        {
            host.Output.WriteLine($"{figure.Name,-26} {figure.Value}");
        }
    }
}
