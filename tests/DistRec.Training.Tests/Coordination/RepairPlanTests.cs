namespace DistRec.Training.Tests.Coordination;

/// <summary>Interrupted round × lost sides × what is stored → the rounds of the repair.</summary>
public sealed class RepairPlanTests
{
    // Epoch 5: users 50 were solved from items 42 of epoch 4, which were solved from users 41, which were solved from items 32.
    private static readonly TableVersions BeforeUsers = new() { Users = 41, UsersSource = 32, Items = 42, ItemsSource = 41 };
    private static readonly TableVersions BeforeItems = new() { Users = 50, UsersSource = 42, Items = 42, ItemsSource = 41 };
    private static readonly TableVersions AfterItems = new() { Users = 50, UsersSource = 42, Items = 51, ItemsSource = 50 };

    [Theory]
    [InlineData("u", "", RoundKind.SolveUsers, "Load u")]
    [InlineData("i", "42", RoundKind.SolveUsers, "Load i, Fetch i 42 → 42")]
    [InlineData("i", "32", RoundKind.SolveUsers, "Load i, SolveItems i 41 → 42")]
    [InlineData("ui", "42 32", RoundKind.SolveUsers, "Load ui, Fetch i 42 → 42")]
    [InlineData("ui", "32", RoundKind.SolveUsers, "Load ui, SolveUsers u stored 32 → 41, SolveItems i 41 → 42")]
    [InlineData("ui", "", RoundKind.SolveUsers, null)]
    [InlineData("u", "42", RoundKind.SolveItems, "Load u, SolveUsers u stored 42 → 50")]
    [InlineData("u", "", RoundKind.SolveItems, "Load u, SolveUsers u 42 → 50")]
    [InlineData("i", "", RoundKind.SolveItems, "Load i")]
    [InlineData("i", "42", RoundKind.SolveItems, "Load i, Fetch i 42 → 42")]
    [InlineData("ui", "42", RoundKind.SolveItems, "Load ui, Fetch i 42 → 42, SolveUsers u stored 42 → 50")]
    [InlineData("ui", "", RoundKind.SolveItems, null)]
    [InlineData("u", "42", RoundKind.Validate, "Load u, SolveUsers u stored 42 → 50")]
    [InlineData("i", "42", RoundKind.Validate, "Load i, SolveItems i 50 → 51")]
    [InlineData("ui", "42", RoundKind.Validate, "Load ui, SolveUsers u stored 42 → 50, SolveItems i 50 → 51")]
    [InlineData("ui", "42", RoundKind.PublishBest, "Load ui, SolveUsers u stored 42 → 50, SolveItems i 50 → 51")]
    [InlineData("ui", "", RoundKind.Validate, null)]
    public void What_is_lost_comes_back_from_the_store_or_from_what_it_was_computed_from(
        string lost, string stored, RoundKind interrupted, string? plan)
    {
        TableVersions tables = interrupted switch
        {
            RoundKind.SolveUsers => BeforeUsers,
            RoundKind.SolveItems => BeforeItems,
            _ => AfterItems,
        };
        Tell(lost, tables with { Stored = Versions(stored) }, interrupted).ShouldBe(plan);
    }

    [Theory]
    [InlineData("u", "42 22 12", "Load u, SolveUsers u stored 12, SaveBest u, SolveUsers u stored 42 → 50")]
    [InlineData("i", "42 22 12", "Load i, Fetch i 22, SaveBest i, Fetch i 42 → 42")]
    [InlineData("ui", "42 22 12", "Load ui, Fetch i 22, SolveUsers u stored 12, SaveBest ui, Fetch i 42 → 42, SolveUsers u stored 42 → 50")]
    [InlineData("i", "42 12", null)]
    [InlineData("u", "42 22", null)]
    public void The_best_tables_of_an_earlier_epoch_come_back_first(string lost, string stored, string? plan) =>
        Tell(lost, BeforeItems with { Best = new BestVersions(21, 12, 22), Stored = Versions(stored) }, RoundKind.SolveItems).ShouldBe(plan);

    [Fact]
    public void Newest_tables_that_are_the_best_are_kept_again_also_where_the_round_would_not_need_them()
    {
        TableVersions tables = BeforeUsers.SavedBest() with { Stored = Versions("42 32") };
        Tell("u", tables, RoundKind.SolveUsers).ShouldBe("Load u, SolveUsers u stored 32 → 41, SaveBest u");
        Tell("i", tables, RoundKind.SolveUsers).ShouldBe("Load i, Fetch i 42 → 42, SaveBest i");
    }

    [Theory]
    [InlineData(RoundKind.Load, "Load ui")]
    [InlineData(RoundKind.Initialize, "Load ui")]
    [InlineData(RoundKind.SolveUsers, "Load ui, Initialize ui → 2")]
    public void First_tables_are_drawn_again(RoundKind interrupted, string plan) =>
        Tell("ui", new TableVersions().Drawn(2), interrupted).ShouldBe(plan);

    private static Dictionary<long, long> Versions(string stored) =>
        stored.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(long.Parse).ToDictionary(version => version);

    private static string? Tell(string lost, TableVersions tables, RoundKind interrupted)
    {
        IReadOnlyList<RepairRound>? rounds = RepairPlan.Of(
            lost.Select(side => new PartitionId(side == 'u' ? Side.User : Side.Item, 1)).ToHashSet(), tables, interrupted);
        return rounds is null ? null : string.Join(", ", rounds.Select(Tell));
    }

    private static string Tell(RepairRound round)
    {
        string who = string.Concat(round.Only.OrderBy(partition => partition.Side).Select(partition => partition.Side == Side.User ? 'u' : 'i'));
        string source = round.Source == 0 ? "" : round.Kind != RoundKind.Fetch && round.FromStore ? $" stored {round.Source}" : $" {round.Source}";
        return $"{round.Kind} {who}{source}{(round.Version == 0 ? "" : $" → {round.Version}")}";
    }
}
