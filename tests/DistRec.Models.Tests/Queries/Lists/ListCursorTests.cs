using DistRec.Models.Queries.Lists;

namespace DistRec.Models.Tests.Queries.Lists;

public sealed class ListCursorTests
{
    private readonly SavedModel _saved = TestModels.Random(users: 3, items: 3000);

    [Fact]
    public void A_cursor_comes_back_from_its_text()
    {
        EntityRandom random = new(1, RandomPurpose.SyntheticItem, 1);
        foreach (int count in new[] { 0, 1, 10, 500 })
        {
            HashSet<int> shown = [];
            while (shown.Count < count)
            {
                shown.Add(random.NextInt(3000));
            }

            ListCursor cursor = ListCursor.Behind(_saved, shown)!;
            ListCursor read = ListCursor.Parse(cursor.ToString(), "after");
            read.Shown.ToArray().ShouldBe(shown.Order());
            cursor.Shown.ToArray().ShouldBe(shown.Order());
            read.ToString().ShouldBe(cursor.ToString());
            read.IsOf(_saved).ShouldBeTrue();
            cursor.ToString().Length.ShouldBeLessThan(24 + (2 * count));
            cursor.ToString().ShouldAllBe(letter => char.IsAsciiLetterOrDigit(letter) || letter == '-' || letter == '_');
        }

        ListCursor ends = ListCursor.Behind(TestModels.Random(users: 3, items: 3000), [0, 2999])!;
        ListCursor.Parse(ends.ToString(), "after").Shown.ToArray().ShouldBe([0, 2999]);
    }

    [Fact]
    public void Another_model_and_another_version_are_told_apart()
    {
        ListCursor cursor = ListCursor.Parse(ListCursor.Behind(_saved, [1, 2])!.ToString(), "--after");
        SavedModel other = TestModels.Random(users: 3, items: 3000, seed: 2);
        cursor.IsOf(other).ShouldBeFalse();
        Should.Throw<InputException>(() => cursor.RequireOf(other)).Message.ShouldBe(
            $"--after: expected the next of an answer of this version of the model, {other.Description.ModelSha256![..16]}, "
            + $"found one of {_saved.Description.ModelSha256![..16]}; begin again without it");
        cursor.RequireOf(_saved);
    }

    [Fact]
    public void What_was_not_made_by_a_model_is_refused_whatever_it_is()
    {
        string text = ListCursor.Behind(_saved, [7, 200, 2999])!.ToString();
        List<string> wrong = ["", "x", "AAAA", "%%%%", new string('A', 5000), text + "A", text[1..], text[..^1], $"{text}="];
        for (int at = 0; at < text.Length - 1; at++)
        {
            wrong.Add($"{text[..at]}{(text[at] == 'B' ? 'C' : 'B')}{text[(at + 1)..]}");
        }

        foreach (string one in wrong)
        {
            Should.Throw<InputException>(() => ListCursor.Parse(one, "after"), one).Message.ShouldStartWith("after: expected the next of an earlier answer, found \"");
        }
    }

    [Fact]
    public void More_than_fits_into_a_request_has_no_cursor()
    {
        ListCursor.Behind(_saved, Enumerable.Range(0, 3000))!.ToString().Length.ShouldBeLessThanOrEqualTo(ListCursor.MaximumLength);
        ListCursor.Behind(_saved, Enumerable.Range(0, 3100)).ShouldBeNull();
    }
}
