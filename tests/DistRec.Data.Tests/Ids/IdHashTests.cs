namespace DistRec.Data.Tests.Ids;

public sealed class IdHashTests
{
    [Theory]
    [InlineData("7")]
    [InlineData("007")]
    [InlineData("1048577")]
    [InlineData("")]
    [InlineData("ünïcode and more than eight bytes")]
    public void The_hash_of_an_id_is_that_of_its_entry_in_a_map(string id) =>
        IdHash.Of(id).ShouldBe(new IdMap(["first", id, "last"]).Table.StableHash(1));

    [Fact]
    public void Hashes_are_pinned_because_what_is_kept_by_them_outlives_a_process()
    {
        IdHash.Of("7").ShouldBe(0xDAE3CBF92745BF2DUL);
        IdHash.Of("user-7").ShouldBe(0xD3D24D2AF49B610BUL);
        IdHash.Of("a user of many letters").ShouldBe(0xFBD78530E1B2A74AUL);
    }

    [Fact]
    public void Ids_that_differ_in_one_letter_share_no_hash_and_half_of_its_bits()
    {
        ulong[] hashes = [.. Enumerable.Range(0, 10_000).Select(index => IdHash.Of($"user-{index}"))];

        hashes.Distinct().Count().ShouldBe(hashes.Length);
        hashes.Zip(hashes.Skip(1), (first, second) => (double)ulong.PopCount(first ^ second)).Average().ShouldBe(32, 5 * Math.Sqrt(16.0 / 10_000));
    }
}
