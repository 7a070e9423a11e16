using System.Diagnostics;

namespace DistRec.Cli.Bench;

/// <summary><c>distrec bench read</c>: how fast text becomes ratings.</summary>
internal sealed class BenchReadVerb : Verb
{
    public override string Name => "read";

    public override string Summary => "Times the reading of rating text, generated or given";

    public override IReadOnlyList<(string Line, string Purpose)> Examples { get; } =
        [("distrec bench read --ratings 20000000 --users 138000 --items 27000 --threads 2 --json", "twenty million generated lines")];

    public override IReadOnlyList<OptionDefinition> Options =>
        [.. BenchShape.Options.Where(option => option.Name is not ("rank" or "partitions")), new("data", "PATH", "Text to read instead of generated lines"), Json];

    public override Task<int> RunAsync(GivenOptions given, CliHost host)
    {
        BenchShape shape = BenchShape.Read(given, host);
        string? path = given.ExistingPath("data", "a file of ratings", "leave it out for generated lines");
        given.Mistakes.ThrowIfAny();
        string? temporary = null;
        try
        {
            if (path is null)
            {
                path = temporary = Path.Combine(Path.GetTempPath(), $"distrec-bench-{Environment.ProcessId}.txt");
                RatingWriter.WriteCsv(shape.Generate(host), path, new WriteOptions { Separator = ' ', Header = false }, host.Stop);
            }

            List<double> seconds = [];
            long ratings = 0;
            for (int iteration = 0; iteration < shape.Iterations; iteration++)
            {
                long start = Stopwatch.GetTimestamp();
                ratings = RatingReader.Read(path, new ReadOptions { Threads = shape.Threads }, null, host.Stop).Ratings.Count;
                seconds.Add(Stopwatch.GetElapsedTime(start).TotalSeconds);
            }

            double median = TrainingOutcome.MedianOf(seconds);
            double bytes = new FileInfo(path).Length;
            BenchTrainingVerb.Report(given, host, new
            {
                benchmark = Name,
                ratings,
                threads = shape.Threads,
                iterations = shape.Iterations,
                secondsPerIteration = median,
                linesPerSecond = ratings / median,
                megabytesPerSecond = bytes / median / 1e6,
                peakMemoryMiB = PeakMemory.MiB(),
            });
            return Task.FromResult(ExitCode.Success);
        }
        finally
        {
            if (temporary is not null)
            {
                File.Delete(temporary);
            }
        }
    }
}
