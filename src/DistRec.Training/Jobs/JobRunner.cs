using System.Diagnostics.CodeAnalysis;
using DistRec.Actors;
using DistRec.Training.Protocol;

namespace DistRec.Training.Jobs;

/// <summary>
/// The client's side of the training protocol, on every engine: starts a job at the coordinator, follows its events to the end,
/// passes on the wish to stop, and has published tables taken.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "The sources are disposed of at the end of the one run.")]
internal sealed class JobRunner(ActorPort actors, IJobKeeper keeper)
{
    private static readonly TimeSpan AskTimeout = TimeSpan.FromSeconds(30);

    private readonly CancellationTokenSource _ended = new();
    private CancellationTokenSource? _take;
    private Task _taking = Task.CompletedTask;
    private TablesTaken? _taken;

    /// <summary>Runs a job to its end.</summary>
    /// <param name="start">The job.</param>
    /// <param name="cancellationToken">Stops the job.</param>
    /// <returns>How it ended.</returns>
    /// <exception cref="ActorException">The coordinator was lost on the way; the job can be started again from its last snapshot.</exception>
    public async Task<StateChanged> RunAsync(StartJob start, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(start);
        await actors.StartAsync(start, AskTimeout).ConfigureAwait(false);
        try
        {
            return await WatchAsync(start, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // Of a job that ended or lost its coordinator nobody may ever publish what is still waited for.
            _ended.Cancel();
            await _taking.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _take?.Dispose();
            _ended.Dispose();
        }
    }

    private async Task<StateChanged> WatchAsync(StartJob start, CancellationToken cancellationToken)
    {
        string job = start.Spec.Job;
        TaskCompletionSource cancelled = new();
        using CancellationTokenRegistration registration = cancellationToken.Register(cancelled.SetResult);
        bool cancelSent = false;
        long after = start.Events;
        Task<JobEvents>? watching = null;
        while (true)
        {
            watching ??= actors.WatchAsync(new WatchJob { Job = job, After = after }, AskTimeout);
            Task first = await Task.WhenAny(watching, actors.Failed, cancelSent ? watching : cancelled.Task).ConfigureAwait(false);
            if (first == actors.Failed)
            {
                return await FailAsync(await actors.Failed.ConfigureAwait(false), after).ConfigureAwait(false);
            }

            if (first == cancelled.Task)
            {
                await CancelAsync().ConfigureAwait(false);
                continue;
            }

            JobEvents events;
            try
            {
                events = await watching.ConfigureAwait(false);
            }
            catch (AskTimeoutException)
            {
                // A long round without news, or something was lost: say everything again.
                await SayAgainAsync().ConfigureAwait(false);
                continue;
            }
            catch (ActorFailedException exception) when (exception.IsFinal)
            {
                return await FailAsync(new ActorFailure(exception.Address, exception.InnerException ?? exception, 0), after).ConfigureAwait(false);
            }
            finally
            {
                watching = null;
            }

            foreach (JobEvent happening in events.Events)
            {
                after = happening.Sequence;
                await keeper.OnEventAsync(happening).ConfigureAwait(false);
                if (cancellationToken.IsCancellationRequested && !cancelSent)
                {
                    // Before the tables are taken, which would let the next epoch begin.
                    await CancelAsync().ConfigureAwait(false);
                }

                if (happening.Tables is { } tables)
                {
                    Take(job, tables);
                }

                if (happening.State is { State: JobState.Completed or JobState.Failed or JobState.Cancelled } end)
                {
                    return end;
                }
            }
        }

        async ValueTask CancelAsync()
        {
            cancelSent = true;
            await actors.SendAsync(new CancelJob { Job = job }).ConfigureAwait(false);
        }

        async ValueTask SayAgainAsync()
        {
            if (cancelSent)
            {
                await CancelAsync().ConfigureAwait(false);
            }

            if (_taken is { } taken)
            {
                await actors.SendAsync(taken).ConfigureAwait(false);
            }
        }
    }

    // Beside the watch: the job may go back meanwhile and publish something newer, and then nobody needs this any more.
    private void Take(string job, TablesPublished tables)
    {
        Task before = _taking;
        CancellationTokenSource? overtaken = _take;
        _take = CancellationTokenSource.CreateLinkedTokenSource(_ended.Token);
        _taking = TakeAndTellAsync(before, job, tables, _take.Token);
        overtaken?.Cancel();
    }

    private async Task TakeAndTellAsync(Task before, string job, TablesPublished tables, CancellationToken cancellationToken)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        TablesTaken taken = new() { Job = job, Version = tables.Version };
        try
        {
            cancellationToken.ThrowIfCancellationRequested();
            await keeper.TakeAsync(tables, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (cancellationToken.IsCancellationRequested || exception is OperationCanceledException or BlockDroppedException)
        {
            // The job ended or went back meanwhile, and tells what it wants taken then.
            return;
        }
        catch (Exception exception)
        {
            taken.Failure = $"the tables could not be kept: {exception.Message}";
        }

        _taken = taken;
        await actors.SendAsync(taken).ConfigureAwait(false);
    }

    private async ValueTask<StateChanged> FailAsync(ActorFailure failure, long after)
    {
        StateChanged failed = new()
        {
            State = JobState.Failed,
            Reason = $"{failure.Address.Kind}/{failure.Address.Shard} failed {failure.Restarts + 1} times; first: {failure.Cause.Message}",
        };
        await keeper.OnEventAsync(new JobEvent { Sequence = after + 1, State = failed }).ConfigureAwait(false);
        return failed;
    }
}
