using Google.Protobuf;

namespace DistRec.Actors.Runtime;

/// <summary>An ask that waits for its end: the reply, a failure, the timeout or the asker's cancellation, whichever is first.</summary>
internal sealed class PendingAsk : TaskCompletionSource<IMessage>, IAskSink, IDisposable
{
    private readonly ActorAddress _to;
    private readonly string _request;
    private readonly TimeSpan _timeout;
    private readonly ITimer _timer;
    private readonly CancellationTokenRegistration _cancellation;

    internal PendingAsk(
        ActorAddress to, IMessage request, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
        : base(TaskCreationOptions.RunContinuationsAsynchronously)
    {
        _to = to;
        _request = request.Descriptor.FullName;
        _timeout = timeout;
        _timer = time.CreateTimer(
            static state => ((PendingAsk)state!).TimeOut(), this, timeout, Timeout.InfiniteTimeSpan);
        _cancellation = cancellationToken.UnsafeRegister(
            static (state, token) => ((PendingAsk)state!).TrySetCanceled(token), this);
    }

    public void Reply(IMessage reply) => TrySetResult(reply);

    public void Fail(ActorException failure) => TrySetException(failure);

    /// <summary>Waits for the end.</summary>
    /// <exception cref="UnexpectedReplyException">The reply is not a <typeparamref name="TReply"/>.</exception>
    internal async Task<TReply> ReplyAsync<TReply>()
        where TReply : class, IMessage
    {
        IMessage reply = await Task.ConfigureAwait(false);
        return reply as TReply ?? throw new UnexpectedReplyException(_to, typeof(TReply).Name, reply.Descriptor.FullName);
    }

    public void Dispose()
    {
        _timer.Dispose();
        _cancellation.Dispose();
    }

    private void TimeOut() => TrySetException(new AskTimeoutException(_to, _request, _timeout));
}
