using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Threading.Channels;
using DistRec.Serving.Api;
using DistRec.Serving.Jobs;

namespace DistRec.Serving.Tests.Jobs;

[Collection(StreamCount.Collection)]
public sealed class HeartbeatsTests : IDisposable
{
    private readonly ManualTime _time = new();
    private readonly Channel<SseItem<object>> _news = Channel.CreateUnbounded<SseItem<object>>();
    private readonly CancellationTokenSource _stopping = new();
    private bool _hasEnded;

    public void Dispose() => _stopping.Dispose();

    [Fact]
    public async Task Silence_is_broken_every_fifteen_seconds_and_events_come_at_once()
    {
        await using IAsyncEnumerator<SseItem<object>> events = Heartbeats.Between(ReadAsync(), _time, _stopping.Token).GetAsyncEnumerator();
        for (int beat = 0; beat < 2; beat++)
        {
            ValueTask<bool> next = events.MoveNextAsync();
            await _time.WhenArmedAsync(Heartbeats.Interval).Soon();
            _time.Advance(Heartbeats.Interval);
            (await next.Soon()).ShouldBeTrue();
            (events.Current.EventType, events.Current.EventId).ShouldBe(("heartbeat", null));
        }

        await _news.Writer.WriteAsync(new SseItem<object>(new NoteEvent("hello"), "note"));
        (await events.MoveNextAsync().Soon()).ShouldBeTrue();
        events.Current.EventType.ShouldBe("note");
        _news.Writer.Complete();
        (await events.MoveNextAsync().Soon()).ShouldBeFalse();
        _hasEnded.ShouldBeTrue();
    }

    [Fact]
    public async Task A_listener_that_goes_away_ends_what_it_listened_to()
    {
        using CancellationTokenSource gone = new();
        using StreamCount streams = new();
        IAsyncEnumerator<SseItem<object>> events = Heartbeats.Between(ReadAsync(), _time, _stopping.Token).GetAsyncEnumerator(gone.Token);
        ValueTask<bool> next = events.MoveNextAsync();
        streams.Open.ShouldBe(1);

        await gone.CancelAsync();

        await Should.ThrowAsync<OperationCanceledException>(next.Soon());
        await events.DisposeAsync();
        _hasEnded.ShouldBeTrue();
        streams.Open.ShouldBe(0);
    }

    [Fact]
    public async Task A_server_that_stops_ends_its_listeners_in_good_order()
    {
        await using IAsyncEnumerator<SseItem<object>> events = Heartbeats.Between(ReadAsync(), _time, _stopping.Token).GetAsyncEnumerator();
        ValueTask<bool> next = events.MoveNextAsync();

        await _stopping.CancelAsync();

        (await next.Soon()).ShouldBeFalse();
    }

    private async IAsyncEnumerable<SseItem<object>> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        try
        {
            await foreach (SseItem<object> item in _news.Reader.ReadAllAsync(cancellationToken))
            {
                yield return item;
            }
        }
        finally
        {
            _hasEnded = true;
        }
    }
}
