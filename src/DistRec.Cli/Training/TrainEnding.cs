using DistRec.Training.Protocol;

namespace DistRec.Cli.Training;

/// <summary>Runs a job and tells how it ended: the same wherever it trains.</summary>
internal static class TrainEnding
{
    /// <param name="job">The job.</param>
    /// <param name="trainer">Where it trains.</param>
    /// <param name="destination">The server that takes the model; null for none. Disposed of.</param>
    /// <param name="host">The world around.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(TrainJob job, ITrainer trainer, ModelDestination? destination, CliHost host)
    {
        using ModelDestination? disposed = destination;
        await (destination?.CheckAsync(host.Stop) ?? Task.CompletedTask);
        ServerException? refused = null;
        TrainRunResult run = await ProgressScope.RunAsync(host, job.Quiet, async stages =>
        {
            TrainRunResult done = await TrainRun.RunAsync(job, trainer, host, stages);
            if (destination is null || done.Result.ModelPath is not { } folder)
            {
                return done;
            }

            stages.Show("activating", 0, "");
            try
            {
                return done with { Result = done.Result with { Served = await destination.ActivateAsync(folder, host.Stop) } };
            }
            catch (ServerException exception)
            {
                refused = exception;
                return done;
            }
        });
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
                TrainSummary.WriteNext(console, run.Job.Out, run.ExampleUser, run.ExampleItem);
            }
        }

        // The model is saved, and told of, whatever the server says.
        return refused is null ? await ExitAsync(host, run.Outcome.State, run.Outcome.Reason, () => trainer.AfterStop(run.Outcome)) : throw refused;
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
