using DistRec.Numerics.Random;
using DistRec.Serving.Telemetry;

namespace DistRec.Serving.Tests.Telemetry;

public sealed class LatencyWindowTests
{
    [Fact]
    public void A_bucket_holds_what_is_within_six_percent_of_its_middle()
    {
        EntityRandom random = new(1, RandomPurpose.SyntheticRating, 0);
        for (int draw = 0; draw < 20_000; draw++)
        {
            long microseconds = (long)Math.Pow(2, 36 * random.NextDouble());

            double middle = LatencyWindow.MiddleOf(LatencyWindow.BucketOf(microseconds)).TotalMicroseconds;

            Math.Abs(middle - microseconds).ShouldBeLessThanOrEqualTo(Math.Max(0.5, microseconds / 16.0), $"{microseconds} µs");
        }
    }

    [Fact]
    public void Buckets_follow_one_another()
    {
        for (long microseconds = 0; microseconds < 5000; microseconds++)
        {
            (LatencyWindow.BucketOf(microseconds + 1) - LatencyWindow.BucketOf(microseconds)).ShouldBeInRange(0, 1, $"{microseconds} µs");
        }
    }

    [Fact]
    public void Quantiles_are_those_of_the_last_minute_alone()
    {
        ManualTime time = new();
        LatencyWindow window = new(time);
        window.Add(TimeSpan.FromSeconds(5));
        time.Advance(TimeSpan.FromSeconds(LatencyWindow.Seconds));
        for (int request = 1; request <= 100; request++)
        {
            window.Add(TimeSpan.FromMilliseconds(request));
        }

        LatencyFigures figures = window.Read();

        figures.Median!.Value.TotalMilliseconds.ShouldBe(50, 50 / 16.0);
        figures.P99!.Value.TotalMilliseconds.ShouldBe(99, 99 / 16.0);
        figures.PerSecond.ShouldBe(100.0 / LatencyWindow.Seconds);
        time.Advance(TimeSpan.FromSeconds(LatencyWindow.Seconds));
        window.Read().ShouldBe(new LatencyFigures(0, null, null));
    }

    [Fact]
    public async Task No_latency_is_lost_where_many_threads_add_at_once()
    {
        const int Threads = 8;
        const int Each = 20_000;
        ManualTime time = new();
        LatencyWindow window = new(time);

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(() =>
        {
            for (int add = 0; add < Each; add++)
            {
                window.Add(TimeSpan.FromMicroseconds(add));
                if (thread == 0 && add % 500 == 0)
                {
                    time.Advance(TimeSpan.FromSeconds(1));
                }
            }
        })));

        (window.Read().PerSecond * (Each / 500)).ShouldBe(Threads * Each, 0.5);
    }
}
