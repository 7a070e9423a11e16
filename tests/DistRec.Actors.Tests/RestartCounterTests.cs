namespace DistRec.Actors.Tests;

public sealed class RestartCounterTests
{
    private static readonly DateTimeOffset Start = new(2025, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private readonly RestartPolicy _policy = new()
    {
        MaxRestarts = 3,
        FirstBackoff = TimeSpan.FromSeconds(1),
        LongestBackoff = TimeSpan.FromSeconds(3),
        ForgetAfter = TimeSpan.FromMinutes(1),
    };

    [Fact]
    public void The_wait_doubles_up_to_its_limit_and_the_restarts_end()
    {
        RestartCounter counter = new(_policy);

        TimeSpan?[] waits = [.. Enumerable.Range(0, 4).Select(failure => counter.Decide(new InvalidOperationException($"{failure}"), Start))];

        waits.ShouldBe([TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3), null]);
        counter.FirstCause!.Message.ShouldBe("0");
        counter.Restarts.ShouldBe(3);
    }

    [Fact]
    public void An_actor_that_ran_long_enough_starts_counting_anew_with_a_new_first_cause()
    {
        RestartCounter counter = new(_policy);
        counter.Decide(new InvalidOperationException("old"), Start);
        counter.Decide(new InvalidOperationException("older"), Start.AddSeconds(60)).ShouldBe(TimeSpan.FromSeconds(2));
        counter.FirstCause!.Message.ShouldBe("old");

        counter.Decide(new InvalidOperationException("new"), Start.AddSeconds(121)).ShouldBe(TimeSpan.FromSeconds(1));

        counter.FirstCause!.Message.ShouldBe("new");
        counter.Restarts.ShouldBe(1);
    }

    [Fact]
    public void The_wait_stays_finite_for_any_number_of_restarts()
    {
        _policy.BackoffBefore(5000).ShouldBe(TimeSpan.FromSeconds(3));
        Should.Throw<ArgumentOutOfRangeException>(() => _policy.BackoffBefore(0));
    }
}
