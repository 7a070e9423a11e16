using System.Globalization;
using DistRec.Training.Databases;
using DistRec.Training.Journal;

namespace DistRec.Training.Tests.Journal;

/// <summary>A process of its own that writes a journal until it is killed.</summary>
internal static class JournalProcess
{
    public const string Job = "killed";

    private const int MostEvents = 1_000_000;

    /// <summary>What it says amid a transaction.</summary>
    public const string Half = "half";

    /// <summary>Starts a process that appends events one after the other and says the number of each that was taken.</summary>
    public static ChildProcess Append(string setting) => Start(nameof(Append), setting);

    /// <summary>Starts a process that appends one event, and says so amid a transaction that it never ends.</summary>
    public static ChildProcess StopHalfway(string setting) => Start(nameof(StopHalfway), setting);

    /// <summary>What the process does: the entry of this assembly when it is run as a program.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        await using JobJournal journal = await JobJournal.OpenAsync(arguments[1], TimeProvider.System);
        await journal.EnqueueAsync(new JobSpec { Job = Job }, "");
        if (arguments[0] == nameof(Append))
        {
            for (int sequence = 1; sequence <= MostEvents; sequence++)
            {
                await journal.AppendAsync(Job, Event(sequence));
                await Console.Out.WriteLineAsync(sequence.ToString(CultureInfo.InvariantCulture));
            }

            return 0;
        }

        await journal.AppendAsync(Job, Event(1));
        await journal.Database.RunAsync(
            DatabaseAccess.Write,
            async statements =>
            {
                await statements.ExecuteAsync("UPDATE jobs SET state = 'Completed', reason = 'half'");
                await statements.ExecuteAsync("INSERT INTO events (job, sequence, time, event) SELECT job, 2, '', '{}' FROM jobs");
                await Console.Out.WriteLineAsync(Half);
                await Task.Delay(Timeout.Infinite);
                return 0;
            },
            CancellationToken.None);
        return 0;
    }

    public static JobEvent Event(long sequence) => new() { Sequence = sequence, State = new StateChanged { State = JobState.Training, Reason = $"at {sequence}" } };

    private static ChildProcess Start(string mode, string setting) => ChildProcess.Start(typeof(JournalProcess), mode, setting);
}
