namespace DistRec.Training.Tests.Jobs;

/// <summary>A job that is cancelled as soon as it has saved tables, so that there is something to resume.</summary>
internal static class StoppedJob
{
    public static async Task<TrainingOutcome> RunAsync(TrainingData data, TrainingSettings settings, SessionOptions options)
    {
        using CancellationTokenSource cancel = new();
        Progress progress = new(jobEvent =>
        {
            if (jobEvent.Tables is not null)
            {
                cancel.Cancel();
            }
        });
        TrainingOutcome stopped = await TrainingSession.RunAsync(data, settings, options, progress, cancel.Token);
        stopped.State.ShouldBe(JobState.Cancelled);
        return stopped;
    }
}
