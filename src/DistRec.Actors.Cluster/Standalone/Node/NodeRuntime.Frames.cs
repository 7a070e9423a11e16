using DistRec.Actors.Cluster.Standalone.Protocol;
using DistRec.Actors.Runtime;
using Google.Protobuf;
using Microsoft.Extensions.Logging;

namespace DistRec.Actors.Cluster.Standalone;

/// <content>What the seed says to this node.</content>
internal sealed partial class NodeRuntime
{
    /// <summary>Handles the seed's frames, one after the other and never waiting.</summary>
    /// <param name="link">The way back. Frames of an incarnation that has ended are dropped.</param>
    /// <param name="frame">The frame.</param>
    public void Receive(IFrameSink link, Frame frame)
    {
        lock (_gate)
        {
            if (_link != link)
            {
                return;
            }
        }

        switch (frame.ContentCase)
        {
            case Frame.ContentOneofCase.Deliver:
                OnDeliver(link, frame.Deliver);
                break;
            case Frame.ContentOneofCase.Withdraw:
                OnWithdraw(link, frame.Withdraw);
                break;
            case Frame.ContentOneofCase.Answer:
                _remote.Answered(frame.Answer, Read);
                break;
            case Frame.ContentOneofCase.StartShard:
                OnStart(frame.StartShard);
                break;
            case Frame.ContentOneofCase.SettleShard:
                Hosted(frame.SettleShard.Address)?.Settle();
                break;
            case Frame.ContentOneofCase.ReleaseShard:
                OnRelease(link, frame.ReleaseShard.Address.ToAddress());
                break;
            case Frame.ContentOneofCase.View:
                Directory.Apply(frame.View);
                OnFailed(frame.View.Failure);
                break;
            case Frame.ContentOneofCase.ActorFailed:
                OnFailed(frame.ActorFailed);
                break;
            case Frame.ContentOneofCase.LeaveDone:
                Leaving?.TrySetResult();
                break;
        }
    }

    private HostedShard? Hosted(Address address) => _shards.GetValueOrDefault(address.ToAddress());

    private void OnStart(StartShard start)
    {
        ActorAddress address = start.Address.ToAddress();
        lock (_gate)
        {
            if (_isStopping || Find(address) is not { } kind)
            {
                return;
            }

            ActorCell cell = new(this, kind, address, start.IsRelocation ? StartReason.Relocation : StartReason.First);
            _shards[address] = new HostedShard(cell);
            cell.Schedule();
        }
    }

    private void OnDeliver(IFrameSink link, Deliver deliver)
    {
        if (Hosted(deliver.To) is not { IsReleasing: false } shard)
        {
            link.Send(new Frame { Bounce = new Bounce { Deliver = deliver, TableVersion = Directory.TableVersion } });
            return;
        }

        RemoteAsk? ask = deliver.IsAsk ? new RemoteAsk(link, deliver.Origin, deliver.Correlation) : null;
        if (Read(deliver.Message) is not { } message)
        {
            AnswerFailure(link, deliver, ask, new UnknownMessageTypeException(deliver.Message.Type));
            return;
        }

        Envelope envelope = new(message, deliver.Sender?.ToAddress(), ask);
        if (TryDeliver(shard, envelope))
        {
            AnswerAccepted(link, deliver);
            return;
        }

        if (shard.Wait(envelope, deliver, waiting => PostAsync(link, shard, waiting)) is null)
        {
            link.Send(new Frame { Bounce = new Bounce { Deliver = deliver, TableVersion = Directory.TableVersion } });
        }
    }

    /// <summary>
    /// Waits for room and tells the sender what became of its message. What gets no room before its receiver moves away
    /// is kept, to be sent on with all that the actor leaves behind.
    /// </summary>
    private async Task PostAsync(IFrameSink link, HostedShard shard, WaitingDelivery waiting)
    {
        Deliver frame = waiting.Frame!;
        try
        {
            await (frame.IsAsk || frame.IsAccepted
                ? shard.Cell.PostAsync(waiting.Envelope, waiting.Withdrawn.Token)
                : shard.Cell.DeliverAsync(
                    waiting.Envelope, TimeSpan.FromTicks(frame.RoomWaitTicks), Time, waiting.Withdrawn.Token).AsTask()).ConfigureAwait(false);
            AnswerAccepted(link, frame);
        }
        catch (Exception exception) when (exception is not ActorMovedException)
        {
            AnswerFailure(link, frame, waiting.Envelope.Ask as RemoteAsk, exception);
        }

        shard.Forget(waiting);
    }

    private static void AnswerAccepted(IFrameSink link, Deliver deliver)
    {
        if (!deliver.IsAccepted)
        {
            link.Send(new Frame { Answer = new Answer { Origin = deliver.Origin, Correlation = deliver.Correlation, Accepted = new Accepted() } });
        }
    }

    private static void AnswerFailure(IFrameSink link, Deliver deliver, RemoteAsk? ask, Exception failure)
    {
        if (ask is not null && failure is ActorException typed)
        {
            ask.Fail(typed);
        }
        else if (deliver.IsAsk || !deliver.IsAccepted)
        {
            link.Send(new Frame
            {
                Answer = new Answer { Origin = deliver.Origin, Correlation = deliver.Correlation, Failure = FailureCodec.Write(failure) },
            });
        }
    }

    private void OnWithdraw(IFrameSink link, Withdraw withdraw)
    {
        if (Hosted(withdraw.To) is { } shard)
        {
            shard.Withdraw(withdraw.Origin, withdraw.Correlation);
        }
        else
        {
            link.Send(new Frame { Bounce = new Bounce { Withdraw = withdraw, TableVersion = Directory.TableVersion } });
        }
    }

    private void OnRelease(IFrameSink link, ActorAddress address)
    {
        if (_shards.TryGetValue(address, out HostedShard? shard))
        {
            shard.BeginRelease();
            _ = ReleaseAsync(link, address, shard);
        }
        else
        {
            link.Send(new Frame { ShardReleased = new ShardReleased { Address = address.ToWire() } });
        }
    }

    private async Task ReleaseAsync(IFrameSink link, ActorAddress address, HostedShard shard)
    {
        LeftBehind left = await shard.HandOverAsync(_options.StopTimeout, _options.NodeTime).ConfigureAwait(false);
        _logger.LogDebug("Actor {Actor} was handed over with {Count} messages.", address, left.Accepted.Count + left.Waiting.Count);
        foreach (Envelope envelope in left.Accepted)
        {
            SendOn(link, address, envelope);
        }

        foreach (WaitingDelivery waiting in left.Waiting)
        {
            if (waiting.Frame is { } frame)
            {
                link.Send(new Frame { Bounce = new Bounce { Deliver = frame, TableVersion = Directory.TableVersion } });
            }
            else
            {
                waiting.SentOn.SetResult(SendOn(address, waiting.Envelope, isAccepted: false, waiting.Cancellation));
            }
        }

        // Only this one: after a new incarnation the same address may be hosted here again.
        _shards.TryRemove(new KeyValuePair<ActorAddress, HostedShard>(address, shard));
        link.Send(new Frame { ShardReleased = new ShardReleased { Address = address.ToWire() } });
    }

    private void SendOn(IFrameSink link, ActorAddress address, Envelope envelope)
    {
        if (envelope.Ask is not RemoteAsk ask)
        {
            _ = SendOn(address, envelope, isAccepted: true, default);
            return;
        }

        link.Send(new Frame
        {
            Bounce = new Bounce
            {
                Deliver = new Deliver
                {
                    Origin = ask.Origin,
                    Correlation = ask.Correlation,
                    To = address.ToWire(),
                    Sender = envelope.Sender?.ToWire(),
                    Message = MessageTypes.Write(envelope.Message!),
                    IsAsk = true,
                    IsAccepted = true,
                },
            },
        });
    }

    private Task SendOn(ActorAddress address, Envelope envelope, bool isAccepted, CancellationToken cancellationToken) =>
        _remote.SendOn(
            address, MessageTypes.Write(envelope.Message!), envelope.Sender, envelope.Ask as PendingAsk, isAccepted, cancellationToken);

    private IMessage? Read(Payload payload)
    {
        try
        {
            return _types.Read(payload);
        }
        catch (InvalidProtocolBufferException exception)
        {
            _logger.LogError(exception, "A message that claims to be a {Type} is none.", payload.Type);
            return null;
        }
    }

    private void OnFailed(ActorFailed? failure)
    {
        if (failure is not null)
        {
            ActorAddress address = failure.Address.ToAddress();
            _failed.TrySetResult(new ActorFailure(address, new RemoteActorException(address, failure.Cause), failure.Restarts));
        }
    }
}
