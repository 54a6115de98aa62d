using System.Linq.Expressions;
using Microsoft.EntityFrameworkCore;
using Ploy.EntityFrameworkCore;
using Ploy.EntityFrameworkCore.Tenancy;
using Xunit;

namespace Ploy.Client.Tests.Runtime;

/// <summary>
/// Ways around the client's filters and guards that are not the plain ones of <see cref="LeakTests"/>, each tried where nothing but the client keeps tenants apart.
/// What is the other tenant's is neither read nor changed; what is one's own is found by the same means.
/// </summary>
public sealed class AttackTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Inside of another query, the operator that lifts all filters is out of sight until EF Core puts the query in its place.</summary>
    [Fact]
    public async Task Filters_lifted_out_of_sight_stay()
    {
        await using var shop = await AttackShop.CreateAsync();
        await using var context = shop.Open("mine");
        IQueryable<Member>[] array = [context.Members.IgnoreQueryFilters()];
        var list = new List<IQueryable<Member>>(array);
        Func<IQueryable<Member>> function = () => context.Members.IgnoreQueryFilters();
        object thing = array[0];
        IEnumerable<Member> sequence = array[0];
        Expression<Func<Label, bool>> predicate = l => context.Members.IgnoreQueryFilters().Any(m => m.ClubId == "theirs");
        Expression<Func<Label, int>> selector = l => context.Members.IgnoreQueryFilters().Count();
        var isMine = array[0] is null;
        var refused = new List<string>();
        foreach (var (name, query) in new (string, IQueryable<Label>)[]
        {
            ("array", context.Labels.Where(l => array[0].Any(m => m.ClubId == "theirs"))),
            ("list", context.Labels.Where(l => list[0].Any(m => m.ClubId == "theirs"))),
            ("function", context.Labels.Where(l => function().Any(m => m.ClubId == "theirs"))),
            ("cast", context.Labels.Where(l => ((IQueryable<Member>)thing).Any(m => m.ClubId == "theirs"))),
            ("sequence", context.Labels.Where(l => sequence.Any(m => m.ClubId == "theirs"))),
            ("choice", context.Labels.Where(l => (isMine ? context.Members : array[0]).Any(m => m.ClubId == "theirs"))),
            ("predicate", context.Labels.Where(l => context.Labels.Where(predicate).Any())),
            ("selector", context.Labels.Where(l => context.Labels.Select(selector).Max() > 1)),
            ("top", context.Labels.Where(predicate)),
            ("let", from l in context.Labels let all = context.Members.IgnoreQueryFilters() where all.Any(m => m.ClubId == "theirs") select l),
            ("join", context.Labels.Join(array[0], _ => 1, _ => 1, (l, m) => new { l, m }).Where(x => x.m.ClubId == "theirs").Select(x => x.l)),
            ("left join", context.Labels.LeftJoin(array[0], _ => 1, _ => 1, (l, m) => new { l, m }).Where(x => x.m!.ClubId == "theirs").Select(x => x.l)),
            ("select many", context.Labels.SelectMany(_ => array[0], (l, m) => new { l, m }).Where(x => x.m.ClubId == "theirs").Select(x => x.l)),
            ("navigation", context.Labels.IgnoreQueryFilters(["Tenant"]).Where(l => l.Members.Any(m => m.Club!.Members.Count > 0 && m.ClubId == "theirs"))),
        })
        {
            try
            {
                Assert.False(await query.AnyAsync(Cancel), name);
            }
            catch (InvalidOperationException)
            {
                refused.Add(name);
            }
        }

        // What EF Core cannot translate reads nothing.
        Assert.Equal(["let"], refused);

        foreach (var query in new[] { context.Members.Concat(array[0]), context.Members.Union(function()), context.Members.Except(array[0].Where(m => m.ClubId == "mine")).IgnoreQueryFilters(), array[0].Intersect(array[0]) })
            Assert.DoesNotContain("theirs", await query.Select(m => m.ClubId).ToListAsync(Cancel));
        Assert.Equal(1, await context.Labels.CountAsync(l => array[0].Any(m => m.ClubId == "mine"), Cancel));
        var compiled = EF.CompileAsyncQuery((AttackContext c, string club) => c.Members.IgnoreQueryFilters().Where(m => m.ClubId == club).Select(m => m.Id));
        Assert.Empty(await compiled(context, "theirs").ToListAsync(Cancel));
        Assert.Equal(["mine-1"], await compiled(context, "mine").ToListAsync(Cancel));
    }

    [Fact]
    public async Task Rows_of_a_forged_entity_are_not_loaded()
    {
        await using var shop = await AttackShop.CreateAsync();
        await using var context = shop.Open("mine");
        var forged = new Member { Id = "theirs-1" };
        var entry = context.Attach(forged);
        Assert.Null(await entry.GetDatabaseValuesAsync(Cancel));
        await entry.Collection(m => m.Notes).LoadAsync(Cancel);
        await entry.Collection(m => m.Labels).LoadAsync(Cancel);
        Assert.Equal((0, 0), (forged.Notes.Count, forged.Labels.Count));
        Assert.Equal(0, await entry.Collection(m => m.Notes).Query().IgnoreQueryFilters().CountAsync(Cancel));
        await entry.ReloadAsync(Cancel);
        Assert.Equal((EntityState.Detached, ""), (entry.State, forged.Name));

        var own = await context.Members.SingleAsync(Cancel);
        Assert.Equal("mine", (await context.Entry(own).GetDatabaseValuesAsync(Cancel))!["Name"]);
        await context.Entry(own).Collection(m => m.Labels).LoadAsync(Cancel);
        Assert.Equal(["mine"], own.Labels.Select(l => l.Name));
    }

    /// <summary>A join table has no column of a tenant's: a row is the tenant's whose both ends are.</summary>
    [Fact]
    public async Task Join_tables_are_the_tenants()
    {
        await using var shop = await AttackShop.CreateAsync();
        var before = await shop.TheirsAsync();
        await using (var context = shop.Open("mine"))
        {
            var join = context.Set<Dictionary<string, object>>("_LabelToMember");
            Assert.Equal(["mine-1"], await join.Select(j => EF.Property<string>(j, "B")).ToListAsync(Cancel));
            Assert.Equal(["mine-1"], await join.IgnoreQueryFilters().Select(j => EF.Property<string>(j, "B")).ToListAsync(Cancel));
            Assert.Equal(0, await join.Where(j => EF.Property<string>(j, "B") == "theirs-1").ExecuteDeleteAsync(Cancel));
            Assert.Single((await context.Members.Include(m => m.Labels).SingleAsync(Cancel)).Labels);
        }

        await using (var context = shop.Open("mine"))
        {
            var theirs = new Label { Id = 2, ClubId = "mine" };
            context.Attach(theirs);
            (await context.Members.SingleAsync(Cancel)).Labels.Add(theirs);
            await Assert.ThrowsAsync<TenantException>(() => context.SaveChangesAsync(Cancel));
        }

        await using (var context = shop.Open("mine"))
        {
            var forged = new Member { Id = "theirs-1", Labels = { new Label { Id = 2 } } };
            context.Attach(forged);
            forged.Labels.Clear();
            await Assert.ThrowsAnyAsync<Exception>(() => context.SaveChangesAsync(Cancel));
        }

        Assert.Equal(before, await shop.TheirsAsync());
    }

    [Theory, InlineData("attached"), InlineData("attached with its note"), InlineData("added and taken for saved"), InlineData("tracked as a graph"), InlineData("updated without a change"), InlineData("key of two columns")]
    public async Task Nothing_refers_to_another_tenants_row(string way)
    {
        await using var shop = await AttackShop.CreateAsync();
        var before = await shop.TheirsAsync();
        await using (var context = shop.Open("mine"))
        {
            var error = await Assert.ThrowsAnyAsync<Exception>(async () =>
            {
                var forged = new Member { Id = "theirs-1", ClubId = "mine" };
                switch (way)
                {
                    case "attached":
                        context.Attach(forged);
                        context.Add(new Note { MemberId = "theirs-1" });
                        break;
                    case "attached with its note":
                        context.Attach(new Note { Member = forged });
                        break;
                    case "added and taken for saved":
                        context.Add(forged);
                        context.Entry(forged).State = EntityState.Unchanged;
                        context.Add(new Note { MemberId = "theirs-1" });
                        break;
                    case "tracked as a graph":
                        forged.Notes.Add(new Note());
                        context.ChangeTracker.TrackGraph(forged, node => node.Entry.State = node.Entry.Entity is Note ? EntityState.Added : EntityState.Unchanged);
                        break;
                    case "updated without a change":
                        context.Update(forged);
                        context.ChangeTracker.AcceptAllChanges();
                        context.Add(new Note { MemberId = "theirs-1" });
                        break;
                    case "key of two columns":
                        context.Add(new Gift { ToClubId = "theirs", ToMemberId = "theirs-1" });
                        break;
                }

                await context.SaveChangesAsync(Cancel);
            });
            Assert.IsType<TenantException>(error);
        }

        Assert.Equal(before, await shop.TheirsAsync());
        await using (var context = shop.Open("mine"))
        {
            // One's own row may be attached without being read, and be referred to.
            context.Attach(new Member { Id = "mine-1" });
            context.Add(new Note { MemberId = "mine-1", Text = "own" });
            context.Add(new Gift { ToClubId = "mine", ToMemberId = "mine-1" });
            Assert.Equal(2, await context.SaveChangesAsync(Cancel));
        }
    }

    /// <summary>A bulk update through a projection, a name in a variable or an interface sets what it sets.</summary>
    [Fact]
    public async Task Bulk_updates_in_disguise_are_refused()
    {
        await using var shop = await AttackShop.CreateAsync();
        var before = await shop.TheirsAsync();
        await using var context = shop.Open("mine");
        var (owner, member) = ("ClubId", "MemberId");
        IQueryable<IClubRow> rows = context.Notes;
        foreach (var act in (Func<Task<int>>[])
        [
            () => context.Notes.Select(n => new { Note = n }).ExecuteUpdateAsync(s => s.SetProperty(x => x.Note.ClubId, "theirs"), Cancel),
            () => context.Notes.Select(n => new { Note = n }).ExecuteUpdateAsync(s => s.SetProperty(x => x.Note.MemberId, "theirs-1"), Cancel),
            () => context.Notes.Join(context.Members, n => n.MemberId, m => m.Id, (n, m) => new { n, m }).ExecuteUpdateAsync(s => s.SetProperty(x => x.n.ClubId, "theirs"), Cancel),
            () => context.Notes.ExecuteUpdateAsync(s => s.SetProperty(n => EF.Property<string>(n, owner), "theirs"), Cancel),
            () => context.Notes.ExecuteUpdateAsync(s => s.SetProperty(n => EF.Property<string>(n, member), "theirs-1"), Cancel),
            () => context.Notes.ExecuteUpdateAsync(s => s.SetProperty(n => ((IClubRow)n).ClubId, "theirs"), Cancel),
            () => rows.ExecuteUpdateAsync(s => s.SetProperty(n => n.ClubId, "theirs"), Cancel),
            () => context.Gifts.ExecuteUpdateAsync(s => s.SetProperty(n => n.ToClubId, "theirs").SetProperty(n => n.ToMemberId, "theirs-1"), Cancel),
        ])
            await Assert.ThrowsAsync<TenantException>(act);
        Assert.Equal(before, await shop.TheirsAsync());

        shop.Time.Now += TimeSpan.FromDays(1);
        Assert.Equal(1, await context.Members.Select(m => new { Row = m }).ExecuteUpdateAsync(s => s.SetProperty(x => x.Row.Name, "new"), Cancel));
        var own = await context.Members.SingleAsync(Cancel);
        Assert.Equal(("new", shop.Time.Now.UtcDateTime), (own.Name, own.UpdatedAt));
    }

    [Fact]
    public async Task Bulk_deletes_in_disguise_mark_or_are_refused()
    {
        await using var shop = await AttackShop.CreateAsync();
        await using var context = shop.Open("mine");
        IQueryable<IClubRow> rows = context.Members;
        IQueryable<object> objects = context.Members.Where(m => m.Name != "");
        await Assert.ThrowsAsync<InvalidOperationException>(() => rows.ExecuteDeleteAsync(Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => rows.Where(r => r.ClubId == "mine").ExecuteDeleteAsync(Cancel));
        await Assert.ThrowsAsync<InvalidOperationException>(() => objects.ExecuteDeleteAsync(Cancel));
        Assert.Equal(1, await context.Members.CountAsync(Cancel));
        Assert.Equal(1, await context.Notes.ExecuteDeleteAsync(Cancel));
        Assert.Equal(1, await context.Labels.SelectMany(n => n.Members).Where(m => m.Name != "").ExecuteDeleteAsync(Cancel));
        Assert.Equal((0, 1), (await context.Members.CountAsync(Cancel), await context.Members.IncludeDeleted().CountAsync(Cancel)));
    }

    [Fact]
    public async Task A_pooled_context_guards_its_second_tenant_too()
    {
        await using var shop = await AttackShop.CreateAsync();
        AttackContext first;
        IDisposable scope;
        await using (first = shop.Open("mine"))
        {
            scope = first.AcrossTenants("not closed");
            Assert.Equal(2, await first.Members.CountAsync(Cancel));
        }

        await using var second = shop.Open("theirs");
        Assert.Same(first, second);
        Assert.Throws<TenantException>(() => second.Attach(new Member { Id = "mine-1", ClubId = "mine" }));
        Assert.Equal(["theirs-1"], await second.Members.Select(m => m.Id).ToListAsync(Cancel));
        using (second.AcrossTenants("open"))
        {
            scope.Dispose();
            Assert.Equal(2, await second.Members.CountAsync(Cancel));
        }

        Assert.Equal(1, await second.Members.CountAsync(Cancel));
    }

    /// <summary>A job that goes from tenant to tenant in one scope.</summary>
    [Fact]
    public async Task Rows_of_the_tenant_before_are_forgotten_when_the_tenant_changes()
    {
        await using var shop = await AttackShop.CreateAsync();
        await using var context = shop.Open(null);
        var tenant = new TenantContext { TenantId = "theirs" };
        context.TenantAccessor = tenant;
        var club = await context.Clubs.Include(c => c.Members).SingleAsync(c => c.Id == "theirs", Cancel);
        Assert.Single(club.Members);
        Assert.NotNull(await context.Members.FindAsync(["theirs-1"], Cancel));
        tenant.TenantId = "mine";
        Assert.Null(await context.Members.FindAsync(["theirs-1"], Cancel));
        Assert.Empty(club.Members);
        Assert.Equal(0, await context.SaveChangesAsync(Cancel));
        Assert.Equal(["mine-1"], await context.Members.Select(m => m.Id).ToListAsync(Cancel));

        // What waits to be saved is not lost in silence.
        var own = await context.Members.SingleAsync(Cancel);
        own.Name = "changed";
        tenant.TenantId = "theirs";
        await Assert.ThrowsAsync<TenantException>(() => context.SaveChangesAsync(Cancel));
        tenant.TenantId = "mine";
        Assert.Equal(1, await context.SaveChangesAsync(Cancel));
        using (context.AcrossTenants("change all"))
            foreach (var member in await context.Members.ToListAsync(Cancel)) member.Name = "all";
        await Assert.ThrowsAsync<TenantException>(() => context.SaveChangesAsync(Cancel));
    }

    [Fact]
    public async Task A_save_that_failed_can_be_tried_again_and_writes_its_tenants_rows()
    {
        await using var shop = await AttackShop.CreateAsync();
        var before = await shop.TheirsAsync();
        await using var context = shop.Open("mine");
        var taken = new Member { Id = "theirs-1", Name = "taken" };
        context.Add(taken);
        await Assert.ThrowsAsync<DbUpdateException>(() => context.SaveChangesAsync(Cancel));
        Assert.Equal(EntityState.Added, context.Entry(taken).State);
        context.Entry(taken).State = EntityState.Detached;
        context.Add(new Member { Id = "mine-2", Notes = { new Note { Text = "x" } } });
        Assert.Equal(2, await context.SaveChangesAsync(Cancel));
        Assert.Equal(["mine-1", "mine-2"], await context.Members.Select(m => m.Id).Order().ToListAsync(Cancel));
        Assert.Equal(before, await shop.TheirsAsync());
    }
}
