using System.Text;

namespace DistRec.Training.Tests.Simulation;

/// <summary>How a job ended on many schedules: every way of ending, how often, and the first seed that repeats it.</summary>
/// <param name="expectedHash">Of the model that every schedule shall end in; null where the order of visits is free.</param>
internal sealed class ScheduleSurvey(string? expectedHash)
{
    internal const string SameBits = "completed with the same bits";
    internal const string Completed = "completed";

    private const int MaxNameLength = 160;

    private readonly SortedDictionary<string, (int Count, ulong Seed)> _ends = new(StringComparer.Ordinal);
    private readonly HashSet<ulong> _schedules = [];

    /// <summary>How many schedules to run of each job; for whoever looks for rare ones: DISTREC_SCHEDULES=100000 dotnet test …</summary>
    /// <param name="usual">Where nobody asks for more.</param>
    internal static ulong SchedulesOr(ulong usual) =>
        ulong.TryParse(Environment.GetEnvironmentVariable("DISTREC_SCHEDULES"), out ulong schedules) ? schedules : usual;

    /// <summary>Schedules that differed from each other.</summary>
    internal int Distinct => _schedules.Count;

    /// <summary>How often the job ended like this.</summary>
    internal int this[string end] => _ends.GetValueOrDefault(end).Count;

    /// <summary>Runs one more schedule.</summary>
    /// <param name="seed">Its seed.</param>
    /// <param name="run">Runs it.</param>
    internal void Add(ulong seed, Func<ulong, SimulatedTraining> run)
    {
        string end;
        try
        {
            SimulatedTraining training = run(seed);
            _schedules.Add(training.Cluster.TraceHash);
            end = EndOf(training);
        }
        catch (Exception exception)
        {
            string name = string.Join(' ', exception.Message.Split('\n', StringSplitOptions.TrimEntries));
            end = name[..Math.Min(MaxNameLength, name.Length)];
        }

        (int count, ulong first) = _ends.GetValueOrDefault(end, (0, seed));
        _ends[end] = (count + 1, first);
    }

    /// <summary>A line for each way of ending.</summary>
    public override string ToString()
    {
        StringBuilder text = new();
        foreach ((string end, (int count, ulong seed)) in _ends)
        {
            text.Append($"{count,7} × {end}; first with seed {seed}\n");
        }

        return text.ToString();
    }

    private string EndOf(SimulatedTraining training) =>
        training.End.State != JobState.Completed ? $"{training.End.State}: {training.End.Reason}"
        : expectedHash is null ? Completed
        : training.Hash == expectedHash ? SameBits
        : "completed with OTHER bits";
}
