namespace DistRec.Training.Tests;

/// <summary>Calls back on the thread that reports, in order.</summary>
internal sealed class Progress(Action<JobEvent> action) : IProgress<JobEvent>
{
    public void Report(JobEvent value) => action(value);
}
