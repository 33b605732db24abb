// The report's style sheet: light and dark by the reader's choice, from phones to paper. Colours are Okabe and Ito's, which
// people with colour blindness tell apart.

/** The whole style sheet. */
export const reportStyle = `
:root{color-scheme:light dark;--page:#fff;--card:#f6f7f9;--text:#1b1f24;--faint:#59636e;--line:#d5dae0;--grid:#e6e9ed;
--c0:#0072b2;--c1:#b84a00;--c2:#00785a;--c3:#a8467f;--c4:#8a6100;--c5:#2b7fb0;--cell:#0072b2;--heat:#e66100;--right:#00785a;--wrong:#b3261e}
@media(prefers-color-scheme:dark){:root{--page:#14171a;--card:#1d2125;--text:#e6e9ec;--faint:#9ba5b0;--line:#3a4149;--grid:#2a2f35;
--c0:#56b4e9;--c1:#ff9a52;--c2:#35c99d;--c3:#e6a0c8;--c4:#f0e442;--c5:#a6d8f5;--cell:#56b4e9;--right:#35c99d;--wrong:#ff8a80}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Hiragino Sans GB","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
main,header,footer{max-width:64rem;margin:0 auto;padding:0 1rem}
header{padding-top:1.5rem}
h1{font-size:1.6rem;line-height:1.25;margin:0 0 .25rem;overflow-wrap:anywhere}
h2{font-size:1.2rem;margin:2.5rem 0 .5rem;padding-bottom:.25rem;border-bottom:1px solid var(--line)}
h3{font-size:1rem;margin:1.25rem 0 .5rem;overflow-wrap:anywhere}
p{margin:.5rem 0;max-width:46rem;overflow-wrap:anywhere}
.note,small{color:var(--faint);font-size:.875rem}
a{color:var(--c0)}
nav ul{list-style:none;display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin:1rem 0 0;padding:0;font-size:.9rem}
nav a{display:inline-block;padding:.15rem 0}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(8.25rem,1fr));gap:.6rem;margin:1.25rem 0 0}
.tiles div{background:var(--card);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .75rem}
.tiles dt{color:var(--faint);font-size:.8rem}
.tiles dd{margin:0;font-size:1.3rem;font-weight:600;font-variant-numeric:tabular-nums;white-space:nowrap}
.charts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,19rem),1fr));gap:1rem}
.plot{min-width:0;max-width:32rem}
.chart{display:block;width:100%;height:auto;overflow:visible;font:11px system-ui,-apple-system,"Segoe UI",Roboto,"PingFang SC","Microsoft YaHei","Noto Sans CJK SC",sans-serif}
.chart text{fill:var(--faint)}.chart .name{fill:var(--text)}
.grid{stroke:var(--grid);fill:none}.axis{stroke:var(--line);fill:none}
.line{fill:none;stroke-width:2;stroke-linejoin:round}
.s0{stroke:var(--c0)}.s1{stroke:var(--c1);stroke-dasharray:6 3}.s2{stroke:var(--c2);stroke-dasharray:2 3}
.s3{stroke:var(--c3);stroke-dasharray:8 3 2 3}.s4{stroke:var(--c4);stroke-dasharray:12 4}.s5{stroke:var(--c5);stroke-dasharray:4 2 1 2}
.marker{stroke-width:1.5;stroke-dasharray:none;fill:var(--page)}
.reference{stroke:var(--faint);stroke-dasharray:2 4;fill:none}
.mark{stroke:var(--text);stroke-dasharray:4 3;fill:none}.chart .mark-name{fill:var(--text);font-weight:600}
.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.15rem 1rem;margin:.4rem 0 0;padding:0;font-size:.85rem}
.legend li{display:flex;align-items:center;gap:.4rem;overflow-wrap:anywhere;min-width:0}.legend svg{width:28px;height:10px;flex:none}
.bar{fill:var(--c0);fill-opacity:.75}.confidence{stroke:var(--c1);stroke-width:3;fill:none}
.matrix{max-width:none;overflow-x:auto}
.cell{fill:var(--cell);stroke:var(--grid)}.tone{fill:var(--cell)}.cell.right{stroke:var(--text);stroke-width:1.2}
.chart .weak{fill:var(--text)}.chart .strong{fill:#fff;font-weight:600}
@media(prefers-color-scheme:dark){.chart .strong{fill:#06121a}}
.heat{fill:var(--heat)}.heat.most{stroke:#fff;stroke-width:1.5;paint-order:stroke}
.pictures{display:grid;grid-template-columns:repeat(auto-fill,minmax(8.25rem,1fr));gap:.75rem}
.pictures.large{grid-template-columns:repeat(auto-fill,minmax(10.5rem,1fr))}
figure{margin:0;background:var(--card);border:1px solid var(--line);border-radius:.5rem;overflow:hidden;min-width:0}
figure img,figure .chart{display:block;width:100%;height:9rem;object-fit:contain;background:var(--grid)}
.large figure .chart{height:11rem}
figcaption{padding:.4rem .6rem .5rem;font-size:.85rem;line-height:1.35;overflow-wrap:anywhere}
figcaption>*{display:block}figcaption small{white-space:nowrap;overflow:hidden;text-overflow:ellipsis;font-size:.75rem}
.right{color:var(--right)}.wrong{color:var(--wrong)}.wrong::before{content:"✗ "}b.right::before{content:"✓ "}
.variants{display:grid;grid-template-columns:repeat(6,minmax(0,6rem));gap:.35rem}
.variants img{display:block;width:100%;height:auto;border-radius:.25rem}.variants img:nth-child(6n+1){outline:2px solid var(--c0);outline-offset:-2px}
.scroll{overflow-x:auto;max-width:100%}
table{border-collapse:collapse;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{padding:.3rem .75rem .3rem 0;border-bottom:1px solid var(--grid);text-align:right;white-space:nowrap}
th:first-child{text-align:left}thead th{color:var(--faint);font-weight:500}tbody th{font-weight:500}
.names tbody th{max-width:14rem;overflow:hidden;text-overflow:ellipsis}
tfoot th,tfoot td{font-weight:600;border-bottom:0}
.settings th,.settings td{text-align:left;vertical-align:top;white-space:normal;overflow-wrap:anywhere}
.settings th{white-space:nowrap}
code{font:.85em ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
dl{margin:.5rem 0}section>dl>div{display:grid;grid-template-columns:minmax(9rem,14rem) 1fr;gap:.75rem;padding:.3rem 0;border-bottom:1px solid var(--grid)}
section dt{color:var(--faint)}section dd{margin:0}
.findings{padding-left:1.1rem}.findings li{margin:.4rem 0;overflow-wrap:anywhere}.findings .note{display:block}
details{margin:.5rem 0}summary{cursor:pointer;font-weight:500;padding:.25rem 0}
footer{margin-top:3rem;padding-bottom:2rem;color:var(--faint);font-size:.875rem}
@media(max-width:30rem){body{font-size:15px}section>dl>div{grid-template-columns:1fr;gap:0}.tiles{grid-template-columns:1fr 1fr}
.pictures,.pictures.large{grid-template-columns:1fr 1fr}th,td{padding-right:.6rem}.variants{gap:.2rem}.layers th small{display:block}}
@media print{nav{display:none}section{break-inside:avoid}body{font-size:12px}}
`;
