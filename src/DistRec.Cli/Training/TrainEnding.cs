using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>Runs a job and tells how it ended: the same wherever it trains.</summary>
internal static class TrainEnding
{
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TrainJob job, ITrainer trainer, CliHost host)
    {
        TrainRunResult run = await ProgressScope.RunAsync(host, job.Quiet, stages => TrainRun.RunAsync(job, trainer, host, stages));
        if (job.Json)
        {
            JsonOutput.Write(host.Output, run.Result);
        }
        else if (run.Outcome.State != JobState.Failed)
        {
            Spectre.Console.IAnsiConsole console = Screen.ForResults(host);
            TrainSummary.Write(console, run.Result);
            if (run.Result.ModelPath is not null)
            {
                TrainSummary.WriteNext(console, job.Out, run.ExampleUser, run.ExampleItem);
            }
        }

        return await ExitAsync(host, run.Outcome.State, run.Outcome.Reason, () => trainer.AfterStop(run.Outcome));
    }

    /// <summary>Says why a job did not complete, and gives the exit code.</summary>
    public static async Task<int> ExitAsync(CliHost host, JobState state, string reason, Func<string> afterStop)
    {
        switch (state)
        {
            case JobState.Completed:
                return ExitCode.Success;
            case JobState.Cancelled:
                await host.Error.WriteLineAsync($"stopped: {reason}");
                await host.Error.WriteLineAsync(afterStop());
                return ExitCode.Interrupted;
            default:
                await host.Error.WriteLineAsync($"error: training failed: {reason}");
                return ExitCode.Failure;
        }
    }
}
