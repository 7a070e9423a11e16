using System.Text.Json;
using DistRec.Numerics.Random;
using Xunit.Abstractions;

namespace DistRec.Serving.Tests.Experiments;

/// <summary>What becomes of experiments whose answers are clicked at rates that the test knows, through the API of a real server.</summary>
public sealed class CanaryApiTests(ITestOutputHelper output) : IAsyncLifetime
{
    private readonly ExperimentServer _server = new();

    public Task InitializeAsync() => _server.InitializeAsync();

    public Task DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task A_canary_whose_click_rate_is_a_third_worse_is_rolled_back_by_itself_and_all_users_have_the_control_again()
    {
        await _server.BeginAsync("careful", "canary", 3, 1);
        JsonElement found = default;
        int users = 0;
        while (users < 60_000 && (found.ValueKind == JsonValueKind.Undefined || StateOf(found) == "running"))
        {
            Served[] served = await _server.ServeAsync(Enumerable.Range(users, 5_000).Select(number => $"user{number}"));
            users += served.Length;
            await _server.ShowAsync(served.Select(one => (one, IsClicked(one, 0.05, 0.033))));
            found = await _server.GetAsync("/v1/experiments/careful");
        }

        output.WriteLine($"{users} users: {found.GetProperty("why").GetString()}");
        StateOf(found).ShouldBe("rolledBack");
        found.GetProperty("ended").ValueKind.ShouldBe(JsonValueKind.String);
        found.GetProperty("why").GetString()!.ShouldStartWith("the click rate of \"new\" is worse: 3.");
        found.GetProperty("sequential").GetProperty("decision").GetString().ShouldBe("rollBack");
        found.GetProperty("sampleRatio").GetProperty("isMismatch").GetBoolean().ShouldBeFalse();
        found.GetProperty("changes")[0].GetProperty("by").GetString().ShouldBe("the sequential test");
        (await _server.ServeAsync(Enumerable.Range(0, 1_000).Select(number => $"user{number}"))).ShouldAllBe(one => one.Version == 1 && one.Experiment == null);
    }

    [Fact]
    public async Task A_canary_that_is_better_waits_for_a_person_unless_it_is_to_be_promoted()
    {
        foreach (bool promote in new[] { false, true })
        {
            string name = promote ? "second" : "first";
            await _server.BeginAsync(name, "canary", more: new { promote, margin = 0.01 });
            Served[] served = await _server.ServeAsync(Enumerable.Range(0, 4_000).Select(number => $"user{number}"));
            await _server.ShowAsync(served.Select(one => (one, IsClicked(one, 0.05, 0.2))));

            JsonElement found = await _server.GetAsync($"/v1/experiments/{name}");

            found.GetProperty("sequential").GetProperty("decision").GetString().ShouldBe("accept");
            StateOf(found).ShouldBe(promote ? "promoted" : "running");
            (await _server.ServeAsync(["user1"])).Single().Experiment.ShouldBe(promote ? null : name);
            if (!promote)
            {
                await _server.PostAsync("/v1/experiments/first/stop", new { reason = "seen enough" });
            }
        }

        (await _server.GetAsync("/v1/models/films")).GetProperty("active").GetInt32().ShouldBe(2);
    }

    [Fact]
    public async Task Thompson_sampling_sends_newcomers_to_the_better_arm_and_leaves_those_who_have_come_where_they_are()
    {
        await _server.BeginAsync("learning", "thompson", more: new { minimumImpressions = 200 });
        List<Served> all = [];
        for (int batch = 0; batch < 8; batch++)
        {
            Served[] served = await _server.ServeAsync(Enumerable.Range(all.Count, 500).Select(number => $"user{number}"));
            all.AddRange(served);
            await _server.ShowAsync(served.Select(one => (one, IsClicked(one, 0.05, 0.2))));
            await _server.GetAsync("/v1/experiments/learning");
        }

        double[] shares = [.. all.Chunk(500).Select(batch => batch.Count(one => one.Arm == "new") / 500.0)];
        output.WriteLine($"Shares of the better arm: {string.Join(", ", shares)}");
        shares[0].ShouldBeInRange(0.4, 0.6);
        shares[^1].ShouldBeGreaterThan(0.97);
        all.ShouldAllBe(one => one.Propensity > 0 && one.Propensity <= 1);

        (await _server.ServeAsync(all.Select(one => one.User))).Select(one => (one.Arm, one.Propensity)).ShouldBe(all.Select(one => (one.Arm, one.Propensity)));
        await _server.RestartAsync();
        (await _server.ServeAsync(all.Select(one => one.User))).Select(one => (one.Arm, one.Propensity)).ShouldBe(all.Select(one => (one.Arm, one.Propensity)));
        JsonElement arms = (await _server.GetAsync("/v1/experiments/learning")).GetProperty("arms");
        arms.EnumerateArray().Sum(arm => arm.GetProperty("impressions").GetInt64()).ShouldBe(all.Count);
    }

    private static string? StateOf(JsonElement experiment) => experiment.GetProperty("state").GetString();

    private static bool IsClicked(Served one, double oldRate, double newRate) =>
        new EntityRandom(9, RandomPurpose.SimulatedReward, (long)(IdHash.Of(one.User) >> 1)).NextDouble() < (one.Arm == "new" ? newRate : oldRate);
}
