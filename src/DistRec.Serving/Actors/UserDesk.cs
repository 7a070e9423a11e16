using Akka.Actor;
using Akka.Hosting;
using DistRec.Cluster.Api;
using DistRec.Serving.Events;
using DistRec.Serving.Protocol;
using DistRec.Serving.Telemetry;
using DistRec.Serving.Users;
using Microsoft.AspNetCore.Http;

namespace DistRec.Serving.Actors;

/// <summary>What the API asks about users, wherever their partitions live.</summary>
/// <param name="node">What this node answers from.</param>
/// <param name="responder">Answers about users who live here.</param>
/// <param name="registry">Where the actors are.</param>
internal sealed class UserDesk(ServingNode node, UserResponder responder, IReadOnlyActorRegistry registry)
{
    private static readonly TimeSpan StoreTimeout = TimeSpan.FromSeconds(15);

    private readonly IActorRef _region = registry.Get<PredictionsKey>();
    private readonly IActorRef _questions = registry.Get<QuestionsKey>();

    /// <summary>Answers a question. Where this node has the data no message is sent.</summary>
    /// <typeparam name="T">The answer of the question's kind.</typeparam>
    /// <exception cref="ApiException">It is refused.</exception>
    /// <exception cref="InputException">It cannot be answered as it is put.</exception>
    public ValueTask<T> AskAsync<T>(UserQuestion question) =>
        question.User.Length == 0 || node.PartitionOf(question.User) is not null ? ReadAsync<T>(responder.AnswerAsync(question)) : AskOtherAsync<T>(question);

    /// <summary>Keeps events, each at its user's partition; they are durable when this returns, and ratings count.</summary>
    /// <returns>What became of each, in their order.</returns>
    /// <exception cref="ApiException">They cannot be kept now.</exception>
    public async Task<IReadOnlyList<StoredEvent>> StoreAsync(IReadOnlyList<ServingEvent> events, CancellationToken cancellationToken)
    {
        StoredEvent[] stored = new StoredEvent[events.Count];
        await Task.WhenAll(Enumerable.Range(0, events.Count).GroupBy(index => UserPartitions.Of(events[index].User, node.Partitions)).Select(async part =>
        {
            int[] indices = [.. part];
            PredictionEnvelope store = new(part.Key, new StoreEvents { Events = { indices.Select(index => WireEvents.Of(events[index])) } });
            EventsStored answer = await AskAsync(store, cancellationToken).ConfigureAwait(false);
            for (int place = 0; place < indices.Length; place++)
            {
                stored[indices[place]] = answer.Events[place];
                if (answer.Events[place].Sequence > 0)
                {
                    ServingTelemetry.EventKept(events[indices[place]].Kind);
                }
            }
        })).ConfigureAwait(false);
        return stored;
    }

    /// <summary>Waits until a partition is complete, on whichever node.</summary>
    public Task<PartitionAwake> WakeAsync(int partition, TimeSpan timeout, CancellationToken cancellationToken) =>
        _region.Ask<PartitionAwake>(new PredictionEnvelope(partition, new WakePartition()), timeout, cancellationToken);

    // Not asked again: whether events without ids are stored is not known then.
    private async Task<EventsStored> AskAsync(PredictionEnvelope store, CancellationToken cancellationToken)
    {
        try
        {
            EventsStored answer = await _region.Ask<EventsStored>(store, StoreTimeout, cancellationToken).ConfigureAwait(false);
            return answer.Failure.Length == 0 ? answer : throw new ApiException(
                StatusCodes.Status503ServiceUnavailable, "the events cannot be kept now", answer.Failure);
        }
        catch (AskTimeoutException)
        {
            throw new ApiException(
                StatusCodes.Status503ServiceUnavailable, "the user's node does not answer",
                $"expected to hear from partition {store.Partition} of the users that the events are kept, found nothing for {StoreTimeout.TotalSeconds:0} s; "
                + "whether they are is not known: send them again with the same ids");
        }
    }

    private static ValueTask<T> ReadAsync<T>(ValueTask<object> answer) =>
        answer.IsCompletedSuccessfully ? new ValueTask<T>((T)answer.Result) : AwaitAsync<T>(answer);

    private static async ValueTask<T> AwaitAsync<T>(ValueTask<object> answer) => (T)await answer.ConfigureAwait(false);

    private async ValueTask<T> AskOtherAsync<T>(UserQuestion question)
    {
        TaskCompletionSource<UserAnswer> answered = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _questions.Tell(new RemoteQuestion(UserPartitions.Of(question.User, node.Partitions), question, answered));
        return WireAnswers.Read<T>(await answered.Task.ConfigureAwait(false));
    }
}
