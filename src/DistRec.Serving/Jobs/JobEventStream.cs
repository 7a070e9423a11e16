using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DistRec.Cluster.Api;
using DistRec.Cluster.Client;
using DistRec.Serving.Api;
using DistRec.Training.Protocol;

namespace DistRec.Serving.Jobs;

/// <summary>
/// A job's events for one listener, from its data to its model. Events of the cluster have the numbers that it gave them; what only this server knows
/// has none, so that a listener that comes back hears it again.
/// </summary>
/// <param name="client">Calls the cluster.</param>
/// <param name="desk">Knows the jobs.</param>
/// <param name="jobs">The jobs of this server.</param>
/// <param name="time">The clock.</param>
internal sealed class JobEventStream(ClusterClient client, JobDesk desk, ServerJobs jobs, TimeProvider time)
{
    // How late a listener may hear what only this server knows.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(250);

    // The end of a job that never came to the cluster is the only event that it has.
    private const long OnlyEvent = 1;

    /// <summary>Whether a listener has heard everything: the job has ended, and no event came after the one that was heard last.</summary>
    /// <param name="id">The job.</param>
    /// <param name="after">Number of the event that was heard last; 0 for none.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="ApiException">There is no such job.</exception>
    /// <exception cref="ClusterException">The cluster does not answer.</exception>
    public async Task<bool> IsHeardAsync(string id, long after, CancellationToken cancellationToken)
    {
        JobSummary? known = await desk.FindOnClusterAsync(id, cancellationToken).ConfigureAwait(false);
        ServerJob? own = jobs.Find(id);
        if (known is null)
        {
            return (own ?? throw JobDesk.NoSuchJob(id)).Record.End is not null && after >= OnlyEvent;
        }

        bool hasEnded = own is null ? JobStateNames.HasEnded(known.State) : own.Record.End is not null;
        return hasEnded && after > 0 && (await client.EventsAsync(id, after, cancellationToken).ConfigureAwait(false)).Events.Count == 0;
    }

    /// <summary>The events after a number, until the job has ended.</summary>
    public async IAsyncEnumerable<SseItem<object>> ReadAsync(string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (jobs.Find(id) is not { } own)
        {
            await foreach ((SseItem<object> item, _) in FollowAsync(id, after, cancellationToken).ConfigureAwait(false))
            {
                yield return item;
            }

            yield break;
        }

        string? told = null;
        bool isKnown;
        while (!(isKnown = await desk.FindOnClusterAsync(id, cancellationToken).ConfigureAwait(false) is not null) && own.Record.End is null)
        {
            if (told != own.Doing)
            {
                told = own.Doing;
                yield return State(JobDesk.Preparing, told, null);
            }

            await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
        }

        if (!isKnown)
        {
            yield return EndOf(own, OnlyEvent);
            yield break;
        }

        await foreach ((SseItem<object> item, long? end) in FollowAsync(id, after, cancellationToken).ConfigureAwait(false))
        {
            if (end is null)
            {
                yield return item;
                continue;
            }

            // Whoever hears that it has completed may ask for its model.
            told = null;
            while (own.Record.End is null)
            {
                if (told != own.Doing)
                {
                    told = own.Doing;
                    yield return State(JobDesk.Saving, told, null);
                }

                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            }

            yield return EndOf(own, end.Value);
        }
    }

    // The events of the cluster, and with the one that is the last its number.
    private async IAsyncEnumerable<(SseItem<object> Item, long? End)> FollowAsync(
        string id, long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        Channel<(SseItem<object>, long?)> news = Channel.CreateUnbounded<(SseItem<object>, long?)>();
        using CancellationTokenSource gone = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Task following = FollowAsync(id, after, news.Writer, gone.Token);
        try
        {
            await foreach ((SseItem<object>, long?) one in news.Reader.ReadAllAsync(cancellationToken).ConfigureAwait(false))
            {
                yield return one;
            }
        }
        finally
        {
            await gone.CancelAsync().ConfigureAwait(false);
            await following.ConfigureAwait(false);
        }
    }

    private async Task FollowAsync(string id, long after, ChannelWriter<(SseItem<object>, long?)> news, CancellationToken cancellationToken)
    {
        try
        {
            ClusterTrainingOptions options = new()
            {
                Job = id, CancelsWhenStopped = false, GiveUpAfter = TimeSpan.MaxValue, StatusMessages = new Immediately<string>(words => news.TryWrite((Note(words, null), null))),
            };
            Immediately<JobEvent> progress = new(jobEvent =>
            {
                if (jobEvent.Sequence > after && ItemOf(jobEvent) is { } item)
                {
                    bool isEnd = jobEvent.State is { } state && JobStateNames.HasEnded(JobStateNames.Of(state.State));
                    news.TryWrite((item, isEnd ? jobEvent.Sequence : null));
                }
            });
            await new ClusterTraining(client, options).WatchAsync(progress, cancellationToken).ConfigureAwait(false);
        }
        catch (ClusterException exception)
        {
            news.TryWrite((Note(exception.Message, null), null));
        }
        catch (OperationCanceledException)
        {
            // The listener has gone.
        }
        finally
        {
            news.Complete();
        }
    }

    private static SseItem<object>? ItemOf(JobEvent jobEvent) => jobEvent.WhatCase switch
    {
        JobEvent.WhatOneofCase.State => State(JobStateNames.Of(jobEvent.State.State), jobEvent.State.Reason, jobEvent.Sequence),
        JobEvent.WhatOneofCase.Epoch => Item("epoch", jobEvent.Epoch.ToFigures(), jobEvent.Sequence),
        JobEvent.WhatOneofCase.Note => Note(jobEvent.Note.Text, jobEvent.Sequence),
        _ => null,
    };

    private static SseItem<object> EndOf(ServerJob own, long sequence) => State(own.Record.End!, own.Record.Reason, sequence);

    private static SseItem<object> State(string state, string reason, long? sequence) => Item("state", new StateEvent(state, reason), sequence);

    private static SseItem<object> Note(string text, long? sequence) => Item("note", new NoteEvent(text), sequence);

    private static SseItem<object> Item(string type, object data, long? sequence) =>
        sequence is { } number ? new SseItem<object>(data, type) { EventId = $"{number}" } : new SseItem<object>(data, type);

    private sealed class Immediately<T>(Action<T> report) : IProgress<T>
    {
        public void Report(T value) => report(value);
    }
}
