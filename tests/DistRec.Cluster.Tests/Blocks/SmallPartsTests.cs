using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace DistRec.Cluster.Tests.Blocks;

public sealed class SmallPartsTests
{
    [Fact]
    public void The_checksum_is_CRC_32C_however_the_bytes_come()
    {
        Crc32C whole = default;
        whole.Append("123456789"u8);
        whole.Value.ShouldBe(0xE3069283);
        Crc32C pieces = default;
        pieces.Append("1"u8);
        pieces.Append([]);
        pieces.Append("2345678"u8);
        pieces.Append("9"u8);
        pieces.Value.ShouldBe(whole.Value);
    }

    [Theory]
    [InlineData(1, 50)]
    [InlineData(2, 100)]
    [InlineData(6, 1600)]
    [InlineData(7, 2000)]
    [InlineData(1_000_000, 2000)]
    public void Waits_double_up_to_the_longest(int failures, int milliseconds) =>
        Backoff.After(failures, TimeSpan.FromMilliseconds(50), TimeSpan.FromSeconds(2)).ShouldBe(TimeSpan.FromMilliseconds(milliseconds));

    [Fact]
    public void A_drop_is_seen_by_who_counted_before_it()
    {
        JobDrops drops = new();
        drops.WasDroppedAfter("a", 0).ShouldBeFalse();
        drops.Add("b");
        long counted = drops.Count;
        drops.Add("a");
        drops.WasDroppedAfter("a", counted).ShouldBeTrue();
        drops.WasDroppedAfter("b", counted).ShouldBeFalse();
        drops.WasDroppedAfter("a", drops.Count).ShouldBeFalse();
        for (int job = 0; job < 10_000; job++)
        {
            drops.Add($"job {job}");
        }

        drops.WasDroppedAfter("a", counted).ShouldBeFalse("old drops are forgotten");
        drops.WasDroppedAfter("job 9999", drops.Count - 1).ShouldBeTrue();
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(int.MaxValue, 12L)]
    public void A_request_comes_back_from_its_query_whatever_its_names_hold(int step, long? drops)
    {
        BlockRequest request = new(new BlockKey("j&o=b %20+é\n", -5, "näme#", -1, 7, step), "T.Type`1[[X]]", drops);

        BlockRequest.TryParse(QueryOf(request.PathAndQuery), out BlockRequest? read, out _).ShouldBeTrue();

        read.ShouldBe(request);
    }

    [Theory]
    [InlineData("round=1", "round=x", "'round'")]
    [InlineData("step=3", "step=99999999999", "'step'")]
    [InlineData("&step=3", "", "'step'")]
    [InlineData("job=j", "jib=j", "'job'")]
    [InlineData("job=j", "job=j&job=k", "found 2")]
    [InlineData("drops=4", "drops=", "'drops'")]
    public void A_query_that_is_not_a_pull_is_refused_naming_the_part(string right, string wrong, string word)
    {
        BlockRequest request = new(new BlockKey("j", 1, "n", 0, 1, 3), "T", 4);
        string query = request.PathAndQuery.Replace(right, wrong, StringComparison.Ordinal);

        BlockRequest.TryParse(QueryOf(query), out _, out string fault).ShouldBeFalse();

        fault.ShouldContain(word);
    }

    private static QueryCollection QueryOf(string pathAndQuery) => new(QueryHelpers.ParseQuery(pathAndQuery[pathAndQuery.IndexOf('?')..]));
}
